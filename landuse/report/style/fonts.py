"""The typeface of the figures: Noto Sans SC (OFL), as the package zhplot carries it.

Only its file is used: the package itself would change matplotlib's settings for the whole process when imported.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.font_manager import FontEntry, fontManager
from matplotlib.ft2font import FT2Font

from landuse.report.words.format import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A name of our own, so that no other copy of the typeface on the machine is drawn instead.
FACE = "landuse Noto Sans SC"
#: The printer's mark for a character there is no type for.
NO_TYPE = "〓"
#: On top of matplotlib's defaults: the user's own settings change no picture.
SETTINGS: dict[Any, Any] = {
    "font.family": [FACE],
    "font.size": 7.5,
    "text.parse_math": False,  # a dollar sign in a firm's name is a dollar sign
    "hatch.linewidth": 0.7,
    "svg.fonttype": "path",
    "svg.hashsalt": "landuse",
}


@cache
def font_file() -> Path:
    """Return the path of the typeface.

    Raises
    ------
    ModuleNotFoundError
        When the package that carries it is not installed.
    """
    spec = find_spec("zhplot")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("zhplot, which carries the typeface of the figures, is not installed")
    return Path(spec.origin).parent / "fonts" / "NotoSansSC-Regular.ttf"


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(FT2Font(str(font_file())).get_charmap())


@dataclass
class Letters:
    """Prepares text for a figure, and remembers what the typeface lacks.

    Attributes
    ----------
    missing : set of str
        Characters met so far that the typeface has no glyph for.
    """

    missing: set[str] = field(default_factory=set)

    def __call__(self, text: object, ems: float = 0.0) -> str:
        r"""Return one line of text that can be drawn.

        Parameters
        ----------
        text : object
            Whatever the data holds; line breaks and other controls become blanks.
        ems : float
            Widest it may be, in widths of a Chinese character, before it ends in an ellipsis; 0 for any.

        Examples
        --------
        >>> letters = Letters()
        >>> letters("垟塘镇"), letters("a\nb"), letters("\ue001区"), sorted(letters.missing)
        ('垟塘镇', 'a b', '〓区', ['\ue001'])
        >>> letters("某某经济技术开发区", 5), letters("Park", 5)
        ('某某经济…', 'Park')
        """
        line = one_line(text)
        lacking = {c for c in line if ord(c) not in _glyphs()}
        self.missing |= lacking
        line = "".join(NO_TYPE if c in lacking else c for c in line)
        if not ems or width(line) <= ems:
            return line
        while width(line) > ems - 1:
            line = line[:-1]
        return line.rstrip() + "…"


def width(line: str) -> float:
    """Return about how wide a line is, in widths of a Chinese character."""
    return sum(1.0 if c > "\u2e80" else 0.58 for c in line)


def as_points(characters: set[str]) -> str:
    r"""Return characters by their code points, in order.

    Examples
    --------
    >>> as_points({"\ue001", "𠮷"})
    'U+E001, U+20BB7'
    """
    return ", ".join(f"U+{ord(c):04X}" for c in sorted(characters))


@contextmanager
def lettering() -> Iterator[Letters]:
    """Draw in the typeface inside the block, with the same settings on every machine."""
    if all(entry.name != FACE for entry in fontManager.ttflist):
        fontManager.ttflist.append(FontEntry(fname=str(font_file()), name=FACE, weight=400, size="scalable"))
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        yield Letters()
