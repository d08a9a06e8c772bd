"""Unified social credit codes (统一社会信用代码): the check character of GB 32100-2015, and what spreadsheets do.

A spreadsheet keeps fifteen digits of a number. A code of eighteen digits typed or imported as a number loses its last
three, comes back with three zeros or as 9.14403E+17, and two firms become one without a sign. Codes that carry a
letter are safe.

Notes
-----
Check character (GB 32100-2015, 5.3): the characters ``0123456789ABCDEFGHJKLMNPQRTUWXY`` stand for 0 ... 30;
C18 = (31 - (sum of C_i * 3^(i-1), i = 1 ... 17) mod 31) mod 31. A random text passes once in 31 (3.2 %). Codes of the
first years are known that do not pass, so that a code which fails is reported and not refused.
"""

from __future__ import annotations

import re
from typing import Literal

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUE = {character: k for k, character in enumerate(ALPHABET)}
LENGTH = 18
Kind = Literal["passes", "fails", "damaged", "other", "blank"]
#: A number that a spreadsheet wrote with an exponent: 9.14E+17, 9.144030019220383e+17. 9144E10 may be a code.
EXPONENT = re.compile(r"[+-]?\d(\.\d+)?E\+\d{2,3}", re.IGNORECASE)
#: What is left of eighteen digits when the last three are lost.
ZEROED = re.compile(r"\d{15}000")


def check_character(stem: str) -> str:
    """Return the eighteenth character of a code, of its first seventeen.

    Raises
    ------
    KeyError
        For a character outside the alphabet (I, O, S, V and Z are in none).

    Examples
    --------
    >>> check_character("91440300192203821")
    '6'
    """
    total = sum(VALUE[character] * pow(3, k, 31) for k, character in enumerate(stem))
    return ALPHABET[-total % 31]


def kind(code: str) -> Kind:
    """Say what an identifier of a firm is.

    "passes" and "fails": eighteen characters of the alphabet, by the check character. "damaged": the marks of a
    spreadsheet: an exponent, or eighteen digits that fail and end in three zeros. "other": anything else, such as a
    registration number of fifteen digits or the number of another country; an opaque text.

    Examples
    --------
    >>> [kind(x) for x in ("914403001922038216", "914403001922038217", "914403001922038000", "9.14403E+17")]
    ['passes', 'fails', 'damaged', 'damaged']
    >>> kind("330100000012345"), kind("HRB 12345"), kind("")
    ('other', 'other', 'blank')
    """
    if not code:
        return "blank"
    if EXPONENT.fullmatch(code):
        return "damaged"
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return "other"
    if check_character(code[:-1]) == code[-1]:
        return "passes"
    return "damaged" if ZEROED.fullmatch(code) else "fails"
