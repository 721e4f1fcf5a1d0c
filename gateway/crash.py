"""Named places at which a process of ours can be made to end as if it had been killed there. Only tests can: without
FIXGATE_CRASH in the environment, nothing is asked and nothing happens.

FIXGATE_CRASH names a folder. A file in it that is called like a point arms it: the file's first line says what the process does
there, `die` (SIGKILL) or `stop` (SIGSTOP, until somebody lets it go on), the second is a regular expression that must be found
in what the process has in hand. A point fires once: its file is then called `<point>.fired`.
"""

import os
import re
import signal
from asyncio import get_running_loop
from pathlib import Path

VARIABLE = "FIXGATE_CRASH"
ENGINE = ("engine.taken", "engine.applied", "engine.commit_sent", "engine.commit_returned", "engine.half_published")
WORKER_OUT = ("worker.frame_read", "worker.in_to_app", "worker.after_sent_log", "worker.in_log_outgoing", "worker.sent")
WORKER_IN = ("worker.in_from_app", "worker.before_link_write")
POINTS = (*ENGINE, *WORKER_OUT, *WORKER_IN)
"""In the order in which an order and its reports come by."""
_SIGNALS = {"die": signal.SIGKILL, "stop": signal.SIGSTOP}
_FOLDER = os.environ.get(VARIABLE, "")
IS_ON = bool(_FOLDER)


def crash(point: str, about: object) -> None:
    """End, or stop, here, if the point is armed for what we are about."""
    if IS_ON:
        _crash(Path(_FOLDER) / point, about)


def crash_soon(point: str, about: object) -> None:
    """The same as soon as the running task waits for something: for the answer to what it is about to send."""
    if IS_ON:
        get_running_loop().call_soon(crash, point, about)


def _crash(armed: Path, about: object) -> None:
    try:
        action, pattern = armed.read_text().splitlines()
    except FileNotFoundError:
        return
    if re.search(pattern, repr(about)):
        armed.rename(armed.with_name(f"{armed.name}.fired"))
        os.kill(os.getpid(), _SIGNALS[action])
