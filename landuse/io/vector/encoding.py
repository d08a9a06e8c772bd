"""Which encoding the texts of a shapefile are in: what is said of them, held against what they are.

The format has no sure place for it: a .cpg beside the table may say it, or one byte of the table's head; both are often
missing or wrong. UTF-8 and GB18030 can mostly be told apart by decoding every text; where both fit, the one reading is
Chinese and the other the well-known gibberish, or the question goes to the user.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from landuse.errors import InputError, Problem
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

UTF8, CHINESE = "utf-8", "gb18030"
#: Who may claim an encoding.
STUDY, CPG, BYTE = "study", ".cpg", "byte"
#: Code pages by the language byte of a table's head. 0 says nothing, nor does 0x57 ("ANSI"): Chinese programs write it
#: over GBK texts.
LANGUAGE_BYTES = {
    0x01: "cp437",
    0x02: "cp850",
    0x03: "cp1252",
    0x13: "cp932",
    0x4D: CHINESE,
    0x4E: "cp949",
    0x4F: "cp950",
    0x58: "cp1252",
    0x59: "cp1252",
    0x64: "cp852",
    0x65: "cp866",
    0x78: "cp950",
    0x79: "cp949",
    0x7A: CHINESE,
    0x7B: "cp932",
    0xC8: "cp1250",
    0xC9: "cp1251",
    0xCA: "cp1254",
    0xCB: "cp1253",
}
#: Characters of Chinese texts: the Han ones, their punctuation and full-width forms.
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
OF_CHINESE_TEXT = re.compile("[\u2000-\u2027\u2030-\u203a\u2160-\u217f\u2460-\u24ff\u3000-\u303f\uff00-\uffef°·×±²³㎡]")


@dataclass(frozen=True)
class Texts:
    """Some texts of a table, as bytes.

    Attributes
    ----------
    whole : bytes
        Texts one after another, a line feed between them.
    cut : tuple of bytes
        Texts that fill their field: the last character may be cut.
    """

    whole: bytes
    cut: tuple[bytes, ...] = ()

    def decoded(self, encoding: str) -> str | None:
        """Return them as characters, or None when they are not in that encoding."""
        try:
            return self.whole.decode(encoding) + "\n".join(decode(text, encoding, cut=True) for text in self.cut)
        except UnicodeDecodeError:
            return None


def decode(raw: bytes, encoding: str, *, cut: bool = False) -> str:
    """Return a text; where it fills its field, a last character that was cut is left out.

    Raises
    ------
    UnicodeDecodeError
        When it is not in that encoding.

    Examples
    --------
    >>> decode("工业".encode("gb18030")[:3], "gb18030", cut=True)
    '工'
    """
    return codecs.getincrementaldecoder(encoding)().decode(raw) if cut else raw.decode(encoding)


def named(text: str) -> str | None:
    """Return Python's name of an encoding, GB18030 for all that it contains; None for what names none.

    Examples
    --------
    >>> [named(x) for x in ("UTF-8", "ANSI 936", "936", "GBK", "88591", "Big5", "OEM", "<html>")]
    ['utf-8', 'gb18030', 'gb18030', 'gb18030', 'iso8859-1', 'big5', None, None]
    """
    plain = text.strip().strip("\0").removeprefix("\ufeff")
    plain = re.sub(r"^(ANSI|CP|LDID/)[ _-]?(?=\d)", "", plain, flags=re.IGNORECASE)
    if plain in ("65001", "UTF8"):
        return UTF8
    plain = re.sub(r"^(ISO)?[ _-]?8859[ _-]?(\d+)$", r"iso8859-\2", plain, flags=re.IGNORECASE)
    try:
        name = codecs.lookup(f"cp{plain}" if plain.isdigit() else plain).name
        " ".encode(name)
    except (LookupError, UnicodeError, ValueError, TypeError):
        return None
    return CHINESE if name in ("gb2312", "gbk", "cp936", "hz") else name


def decide(blocks: Iterable[Texts], stated: str | None, cpg: str | None, language: int, shown: str) -> tuple[str, str]:
    """Return the encoding of a table's texts, and what was taken for granted ("" for nothing).

    The study's word comes first, then the .cpg's, then the language byte's; each is held against every text and refused
    where the texts are plainly something else. Where nobody says anything usable, the texts decide between UTF-8 and
    GB18030.

    Parameters
    ----------
    blocks : iterable of Texts
        Every text that is not pure ASCII, field names included; read no further than needed.
    stated : str, optional
        The study's word.
    cpg : str, optional
        The content of the .cpg.
    language : int
        The language byte.
    shown : str
        The file, for the note.

    Returns
    -------
    (str, str)
        Python's name of the encoding, and a note.

    Raises
    ------
    InputError
        For an unknown name, for texts that are not in the encoding claimed, and for texts that could be in either.
    """
    claim, who = _claim(stated, cpg, language)
    readings = _readings(blocks, {UTF8, CHINESE, *([claim] if claim else [])})
    if readings == {}:
        return claim or UTF8, ""
    if claim and who == BYTE and _contradicted(claim, readings):
        claim = None  # a byte that programs set by habit, and its texts are another's
    if claim:
        return _held(claim, who, readings), _overruled(stated, cpg, claim, shown)
    return _by_texts(readings, cpg, shown)


def _claim(stated: str | None, cpg: str | None, language: int) -> tuple[str | None, str]:
    """Return the encoding that is claimed, and who claims it."""
    if stated:
        name = named(stated)
        if name is None:
            what = _("no encoding is called {name!r}", name=stated)
            raise InputError(Problem(what, _('state encoding = "utf-8" or "gb18030", or remove it')))
        return name, STUDY
    name = None if cpg is None else named(cpg)
    return (name, CPG) if name else (LANGUAGE_BYTES.get(language), BYTE)


def _readings(blocks: Iterable[Texts], encodings: set[str]) -> dict[str, set[str]]:
    """Return the encodings that every text is in, with the characters not of ASCII they make of them.

    The characters are those up to where only one encoding is left: then nothing is left to weigh.
    """
    alive: dict[str, set[str]] = {name: set() for name in encodings}
    none = True
    for block in blocks:
        none = False
        for name in list(alive):
            text = block.decoded(name)
            if text is None:
                del alive[name]
            elif len(alive) > 1:
                alive[name] |= {c for c in set(text) if not c.isascii()}
        if not alive:
            break
    return {} if none else alive or {"": set()}


def _chinese(characters: set[str]) -> bool:
    """Whether a reading is Chinese: Han characters, and nothing that does not stand among them."""
    return any(map(HAN.match, characters)) and all(HAN.match(c) or OF_CHINESE_TEXT.match(c) for c in characters)


def _common(characters: set[str]) -> bool:
    """Whether a reading holds common characters only; gibberish does not."""
    try:
        "".join(characters).encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _is_utf8(readings: dict[str, set[str]]) -> bool:
    """Whether UTF-8 is the reading: the only one of the two, or Chinese where GB18030 makes gibberish of it."""
    if UTF8 not in readings:
        return False
    return CHINESE not in readings or (_chinese(readings[UTF8]) and not _common(readings[CHINESE]))


def _contradicted(claim: str, readings: dict[str, set[str]]) -> str:
    """Return the encoding the texts plainly are in, where that is not the one claimed."""
    if claim == UTF8 and claim in readings:
        return ""
    if _is_utf8(readings):
        return UTF8
    single = claim not in (UTF8, CHINESE) and len(b"\xe9\xe9".decode(claim, "replace")) > 1
    chinese = CHINESE in readings and (claim not in readings or (single and _common(readings[CHINESE])))
    return CHINESE if chinese else ""


def _held(claim: str, who: str, readings: dict[str, set[str]]) -> str:
    """Return the claim when the texts bear it out."""
    better = _contradicted(claim, readings)
    if claim in readings and not better:
        return claim
    who = {STUDY: _("study"), CPG: ".cpg", BYTE: _("language byte of the .dbf")}[who]
    what = _("the {who} says its texts are {claim}, and they are not", who=who, claim=claim)
    if better:
        what = _("the {who} says its texts are {claim}, and they are {better}", who=who, claim=claim, better=better)
    fix = _('state encoding = "{encoding}" in the study', encoding=better or "…")
    raise InputError(Problem(what, fix))


def _overruled(stated: str | None, cpg: str | None, claim: str, shown: str) -> str:
    said = None if cpg is None else named(cpg)
    if not stated or said in (None, claim):
        return ""
    return _("{file}: its .cpg says {said}; read as {claim}, as the study says", file=shown, said=said, claim=claim)


def _by_texts(readings: dict[str, set[str]], cpg: str | None, shown: str) -> tuple[str, str]:
    """Decide between UTF-8 and GB18030 by what they make of the texts."""
    both = [name for name in (UTF8, CHINESE) if name in readings]
    if not both:
        fix = _('state encoding = "…" in the study')
        raise InputError(Problem(_("its texts are neither UTF-8 nor GB18030"), fix))
    if len(both) > 1 and not _is_utf8(readings) and readings[UTF8] != readings[CHINESE]:
        shown_ = {name: "".join(sorted(readings[name])[:6]) for name in both}
        what = _("its texts could be UTF-8 ({utf8}…) or GB18030 ({gb}…)", utf8=shown_[UTF8], gb=shown_[CHINESE])
        raise InputError(Problem(what, _('state encoding = "gb18030" or "utf-8" in the study')))
    encoding = UTF8 if _is_utf8(readings) else both[0]
    if cpg is None:
        return encoding, _("{file}: no .cpg; its texts decode as {encoding}", file=shown, encoding=encoding)
    return encoding, _(
        "{file}: its .cpg names no encoding; its texts decode as {encoding}", file=shown, encoding=encoding
    )
