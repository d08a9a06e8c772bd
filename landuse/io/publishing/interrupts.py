"""Signals that ask a run to stop: all of them like Ctrl-C, and none of them where stopping would leave a half."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

#: Those of them that this system has: the user, the system, a closed terminal, a closed console window.
SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))


@contextmanager
def raising() -> Iterator[None]:
    """Raise KeyboardInterrupt within the block, whichever signal asks it to stop."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handled_by(interrupt):
        yield


@contextmanager
def ignored() -> Iterator[None]:
    """Let nothing that asks to stop into the block: what comes then has come too late."""
    with _handled_by(lambda _number, _frame: None):
        yield


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Handle the signals within the block; one that was ignored before (nohup) stays so."""
    before = {}
    if threading.current_thread() is threading.main_thread():  # no other thread may, and none is interrupted
        before = {n: h for n in SIGNALS if (h := signal.getsignal(n)) not in (signal.SIG_IGN, None)}
    try:
        for number in before:
            signal.signal(number, handler)
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
