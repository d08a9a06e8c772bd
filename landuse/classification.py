"""Classification systems: which codes exist, and which count as industrial, storage or mining land.

The tables are data (`landuse/data/classifications/*.toml`), each with its source. The same four digits mean different
things in different systems (`1001` is a railway or a factory), so a study names its system; nothing is guessed.
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

SYSTEMS = ("third_survey", "gbt21010", "land_sea_2023", "gb50137")
#: What the ledger keeps; everything else is `OTHER`, and codes of no table are `UNKNOWN`.
USES = ("industrial", "storage", "mining")
OTHER, UNKNOWN = "other", "unknown"
#: Characters that carry no width and no meaning, but break an equality.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


@dataclass(frozen=True)
class Classification:
    """A classification system.

    Attributes
    ----------
    system : str
        One of `SYSTEMS`, or "custom".
    names : dict
        Code to official name; empty for a custom system, where every code is known.
    use_prefixes : tuple of (prefix, use)
        The longest matching prefix decides.
    suffixes : str
        Letters that may follow a code without changing its class.
    finer : bool
        Whether codes longer than those of the table are known by their parent.
    source : str
        Where the table comes from.
    """

    system: str
    names: dict[str, str] = field(default_factory=dict)
    use_prefixes: tuple[tuple[str, str], ...] = ()
    suffixes: str = ""
    finer: bool = False
    source: str = ""

    def use_of(self, raw: object) -> tuple[str, str]:
        """Return (normalised code, use) of one raw code.

        Full-width digits, blanks and zero-width characters are removed, a lost leading zero is restored, sub-marks
        such as the K of `0201K` are looked through. A code of no table is `UNKNOWN`, never dropped.

        Examples
        --------
        >>> survey = load("third_survey")
        >>> [survey.use_of(x)[1] for x in ("0601", "６０１", " 06H1", "0101K", "9999", None)]
        ['industrial', 'industrial', 'industrial', 'other', 'unknown', 'unknown']
        >>> load("land_sea_2023").use_of("100102"), load("third_survey").use_of("1001")
        (('100102', 'industrial'), ('1001', 'other'))
        """
        code = clean(raw)
        known = self._known(code) if self.names else code
        if not known:
            return code, UNKNOWN
        matching = [(len(p), use) for p, use in self.use_prefixes if known.startswith(p)]
        if matching:
            return known, max(matching)[1]
        # a parent such as 06 may hold industry or not: nobody knows
        ambiguous = bool(self.names) and any(p.startswith(known) for p, _use in self.use_prefixes)
        return known, UNKNOWN if ambiguous else OTHER

    def _known(self, code: str) -> str:
        """Return the code as the table writes it, or "" when no reading of it is there."""
        for candidate in (code, "0" + code):
            stem = candidate[:-1] if candidate[-1:] in tuple(self.suffixes) else candidate
            if candidate in self.names or stem in self.names:
                return candidate
            if self.finer and stem.isalnum() and any(stem.startswith(c) for c in self.names):
                return candidate
        return ""


def clean(raw: object) -> str:
    r"""Return a code without blanks, zero-width characters, full-width forms or a decimal tail.

    Examples
    --------
    >>> clean("０６０１　"), clean(601.0), clean("m1-1\u200b"), clean(None)
    ('0601', '601', 'M1-1', '')
    """
    if raw is None or raw != raw:  # noqa: PLR0124, a NaN
        return ""
    text = unicodedata.normalize("NFKC", str(raw)).translate(INVISIBLE).strip().upper()
    return text.removesuffix(".0")


@cache
def load(system: str, industrial: tuple[str, ...] = ()) -> Classification:
    """Return a classification by name; for "custom", `industrial` holds the prefixes that count.

    Raises
    ------
    KeyError
        For a system that is none of `SYSTEMS` and not "custom".
    """
    if system == "custom":
        return Classification("custom", use_prefixes=tuple((clean(p), "industrial") for p in industrial))
    if system not in SYSTEMS:
        raise KeyError(system)
    table = tomllib.loads(
        files("landuse").joinpath("data", "classifications", f"{system}.toml").read_text(encoding="utf-8")
    )
    prefixes = tuple((code, use) for use, codes in table["use"].items() for code in codes)
    return Classification(system, table["codes"], prefixes, table["suffixes"], table["finer"], table["source"])
