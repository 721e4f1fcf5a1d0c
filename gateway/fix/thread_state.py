"""Keeps Python's own state of a thread that QuickFIX made, from one callback to the next.

A thread that Python did not make gets its state at the start of each callback and loses it at the end: allocated, mapped and
unmapped, a third of all that the worker does. A state that is kept costs some 20 KiB until its thread gives it back.
"""

import ctypes
import threading

_ensure, _release = ctypes.pythonapi.PyGILState_Ensure, ctypes.pythonapi.PyGILState_Release


class ThreadState(threading.local):
    """One for all threads; each sees its own. Only called from within a callback."""

    _kept: int | None = None

    def keep(self) -> None:
        """From now on the state stays, also between callbacks."""
        if self._kept is None:
            self._kept = _ensure()

    def give_back(self) -> None:
        """The state goes with the end of this callback."""
        if self._kept is not None:
            _release(self._kept)
            self._kept = None
