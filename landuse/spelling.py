r"""Texts as people write them, and the one key by which ids and names are compared.

The same id comes as ３３０１-a from one office and as '3301-A from another. Two texts name the same thing when their
keys are equal; what is shown is always a text as somebody wrote it. Nothing else in the package compares ids or names:
a table's ids take the layer's spelling at the door (`respell`), and are equal or not from there on.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from landuse.errors import Problem
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray


#: Unicode categories without width or meaning: zero-width marks, marks of direction, control characters.
UNSEEN = ("Cf", "Cc")
#: What keeps a spreadsheet from taking a text for a number, and what a keyboard or an editor puts in its place.
APOSTROPHES = str.maketrans(dict.fromkeys("‘’‛′`´＇", "'"))
#: A whole number with the decimal tail that a column of floats gives it.
DECIMAL_TAIL = re.compile(r"(\d+)\.0+")
#: Brackets and dashes of every shape, after NFKC.
BRACKETS = str.maketrans("[{<〔【〈《「『]}>〕】〉》」』", "(((((((((" + ")))))))))")
DASHES = re.compile(r"[_\u2010-\u2015\u2212·•]")
#: What parts several ids in one cell: the first kind never stands within an id, the second may.
PARTING, PERHAPS_PARTING = re.compile(r"[、,，;；\n]"), re.compile(r"[、,，;；\s/|+&和及与]+")

#: The first words of a row of totals: 合计, 全市总计, 临平区小计（12 家）, Total.
TOTAL = re.compile(
    r"(.{0,8}?(合计|总计|小计|共计|累计|汇总|总和)数?|(grand|sub)?-?totals?)(\(?共?\d+[户家个条宗]\)?)?[:]?",
    re.IGNORECASE,
)
#: The same, in a row that names nothing else: 全市, 本区, 总数, 全部园区, Sum, all parks.
WHOLE = re.compile(
    r"([全本][省市县区州镇乡]|全部|全体|所有|总数|sum|all)(\(?共?\d+[户家个条宗]\)?)?[:]?"
    r"|([全本][省市县区]|全部|全体|所有)(各类)?(工业|产业)?(园区|开发区|功能区|区块|地块|宗地|企业|区县|县区|县市区|行政区|范围)"
    r"|(all|whole|entire|total)[ _-]?(the)?[ _-]?(parks?|zones?|districts?|parcels?|plots?|blocks?|city|area)",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    r"""Return a text without full-width forms, unseen characters, blanks around it and the .0 of a whole number.

    Examples
    --------
    >>> plain(" ３３０１-A\u200b　"), plain("601.0"), plain("NA")
    ('3301-A', '601', 'NA')
    """
    if text.isascii() and text.isalnum():
        return text
    return _without_tail(_seen(text).strip())


def key(text: str) -> str:
    r"""Return what ids and names are compared by.

    NFKC; blanks of every kind, unseen characters and a leading apostrophe removed; in capitals, as credit codes are
    written; without the .0 of a whole number.

    Examples
    --------
    >>> key("'３３０１ － a\u00a0"), key("\ufeff601.0"), key("示例（杭州） 机械 厂") == key("示例(杭州)机械厂")
    ('3301-A', '601', True)
    """
    if text.isascii() and text.isalnum():
        return text.upper()
    bare = "".join(_seen(text.translate(APOSTROPHES)).split())
    return _without_tail(bare.lstrip("'")).upper()


def near(text: str) -> str:
    """Return a looser key, which only ever raises a question: brackets, and dashes, of one shape.

    Examples
    --------
    >>> near("示例〔2021〕第1号") == near("示例（2021）第1号"), near("K—1") == near("K-1"), near("K1") == near("K-1")
    (True, True, False)
    """
    return DASHES.sub("-", key(text).translate(BRACKETS))


def respell(texts: Iterable[str], known: Iterable[str]) -> NDArray[np.object_]:
    """Return texts, each that names a known one spelled as that is.

    Parameters
    ----------
    texts : iterable of str
        Ids or names as a table has them.
    known : iterable of str
        Ids or names as the layer has them; of two with one key the first counts.

    Examples
    --------
    >>> respell(["ａ-1", "B2"], ["A-1"]).tolist()
    ['A-1', 'B2']
    """
    written: dict[str, str] = {}
    for text in known:
        written.setdefault(key(text), text)
    return _array([written.get(key(text), text) for text in texts])


def unify(texts: Collection[str]) -> NDArray[np.object_]:
    """Return texts, those of one key all spelled as the first of them."""
    return respell(texts, texts)


def spelled_apart(texts: Collection[str]) -> NDArray[np.bool_]:
    """Which texts equal another by their key, but not as they are written.

    Examples
    --------
    >>> spelled_apart(["A1", "a1", "B2", "B2"]).tolist()
    [True, True, False, False]
    """
    spellings: dict[str, set[str]] = {}
    for text in texts:
        spellings.setdefault(key(text), set()).add(text)
    return np.array([len(spellings[key(text)]) > 1 for text in texts], dtype=bool)


def is_total(text: str) -> bool:
    """Whether an id or a name says that its row is of all the others together.

    Examples
    --------
    >>> [is_total(x) for x in ("全市合计", "全部园区", "All parks", "TOTAL", "汇总地块A", "全州工业园区")]
    [True, True, True, True, False, False]
    """
    if text[-1:].isdigit():  # as most ids end
        return False
    words = plain(text).replace(" ", "")
    return TOTAL.fullmatch(words) is not None or WHOLE.fullmatch(words) is not None


def several(texts: Iterable[str], known: Collection[str]) -> NDArray[np.bool_]:
    """Which cells hold several known ids, and are none themselves?

    Examples
    --------
    >>> several(["A1", "A1、A2", "A1 A2", "A1/9", "A1,9"], ["A1", "A2"]).tolist()
    [False, True, True, False, True]
    """
    keys = {key(text) for text in known}

    def holds(text: str) -> bool:
        if key(text) in keys or not PERHAPS_PARTING.search(text.strip()):
            return False
        named = [key(x) in keys for x in PERHAPS_PARTING.split(text.strip()) if key(x)]
        return len(named) > 1 and (all(named) or (any(named) and PARTING.search(text) is not None))

    return np.array([holds(text) for text in texts], dtype=bool)


def _seen(text: str) -> str:
    """Return a text in NFKC without unseen characters, each blank as a space."""
    return "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFKC", text) if not _is_unseen(c))


def _without_tail(text: str) -> str:
    return match[1] if (match := DECIMAL_TAIL.fullmatch(text)) else text


@lru_cache(maxsize=4096)
def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in UNSEEN and not character.isspace()


def _array(texts: list[Any]) -> NDArray[np.object_]:
    out = np.empty(len(texts), dtype=object)
    out[:] = texts
    return out


#: Names less alike than this are not proposed.
ALIKE = 0.6


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the question whether the nearest known name is meant, "" where none is near."""
    near = nearest(name, known)
    return _("did you mean {name!r}?", name=near) if near else ""


def missing_column(column: str, fields: Sequence[str]) -> Problem:
    """Return the problem of a column that a layer or table lacks: the nearest it has, and all it has."""
    there = _("the columns there are: {fields}", fields=", ".join(fields))
    return Problem(
        _("no column {column!r}", column=column), " ".join(filter(None, (did_you_mean(column, fields), there)))
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name most like one that is not known.

    Names that differ in letter case, width and blanks alone are the same. Others are as alike as the letters they
    share in order, or as the few slips of the hand between them (a letter too many, too few, wrong, or two exchanged),
    whichever says more; one that holds the other is like it.

    Parameters
    ----------
    name : str
        As written.
    known : iterable of str
        What it could have been.

    Returns
    -------
    str
        The first of the most alike; "" where none is alike.

    Examples
    --------
    >>> [nearest(x, ["BSM", "DLBM", "dlmc"]) for x in ("DLMB", "ｄｌｂｍ", "DLMC", "BMS", "area")]
    ['DLBM', 'DLBM', 'dlmc', 'BSM', '']
    >>> nearest("面积", ["企业名称", "用地面积（亩）"])
    '用地面积（亩）'
    """
    wanted, best, found = key(name), ALIKE, ""
    matcher = SequenceMatcher(None, "", wanted, autojunk=False)
    for candidate in known:
        plain = key(candidate)
        matcher.set_seq1(plain)
        if wanted in plain or plain in wanted:
            like = 2.0 if plain == wanted else ALIKE if min(len(plain), len(wanted)) > 1 else 0.0
        elif matcher.real_quick_ratio() < best or matcher.quick_ratio() < best:  # no measure is above these
            continue
        else:
            like = 0.0
        like = max(like, matcher.ratio(), 1 - _slips(plain, wanted) / max(len(plain), len(wanted), 1))
        if like > best or (like == best and not found):
            best, found = like, candidate
    return found


def _slips(a: str, b: str) -> int:
    """Return how many letters were added, left out, changed, or exchanged with their neighbour to make b of a."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row, older = row, [i], before
        for j, y in enumerate(b, 1):
            slips = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                slips = min(slips, older[j - 2] + 1)
            row.append(slips)
        before = last
    return row[-1]
