"""What a run is doing, and how long each part of it took."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class Progress:
    """Announces each phase to whoever watches, and keeps its seconds for the manifest."""

    tell: Callable[[str], None] = lambda _words: None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, key: str, words: str) -> Iterator[None]:
        """Time a block."""
        self.tell(words)
        start = time.perf_counter()
        yield
        self.seconds[key] = round(time.perf_counter() - start, 3)
