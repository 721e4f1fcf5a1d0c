"""Wait for something that nobody announces: look again until it is so, or fail at a deadline."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PAUSE_S = 0.02


def eventually(predicate: Callable[[], T], seconds: float = 10.0) -> T:
    """The first true value of `predicate`. AssertionError when there is none in time: prefer an event where one exists."""
    deadline = time.monotonic() + seconds
    while not (value := predicate()):
        assert time.monotonic() < deadline, f"still {value!r} after {seconds:g} s: {_what(predicate)}"
        time.sleep(PAUSE_S)
    return value


async def eventually_async(predicate: Callable[[], T | Awaitable[T]], seconds: float = 10.0) -> T:
    """The same beside a running loop; `predicate` may be a coroutine function."""
    deadline = time.monotonic() + seconds
    while True:
        found = predicate()
        value: T = await found if inspect.isawaitable(found) else found
        if value:
            return value
        assert time.monotonic() < deadline, f"still {value!r} after {seconds:g} s: {_what(predicate)}"
        await asyncio.sleep(PAUSE_S)


def _what(predicate: Callable[[], object]) -> str:
    """The predicate's own text, so that the failure says what was waited for."""
    try:
        return inspect.getsource(predicate).strip()
    except (OSError, TypeError):
        return repr(predicate)
