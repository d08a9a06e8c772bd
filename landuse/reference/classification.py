"""Classification systems: which codes exist, and which count as industrial, storage or mining land.

The tables are data (`landuse/data/classifications/*.toml`), each with its source. The same four digits mean different
things in different systems (`1001` is a railway or a factory), so a study names its system; nothing is guessed.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from landuse.spelling import plain

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

SYSTEMS = ("third_survey", "gbt21010", "land_sea_2023", "gb50137")
#: Tables that carry no share: the second survey, which has no industrial class, and the settlement marks (CZCSXM).
SECOND_SURVEY, SETTLEMENT = "second_survey", "settlement"
#: What the ledger keeps; everything else is `OTHER`, and codes of no table are `UNKNOWN`.
USES = ("industrial", "storage", "mining")
OTHER, UNKNOWN = "other", "unknown"
#: What spreadsheets and bad exports put around a text.
QUOTES = "'\"‘’“”`"


@dataclass(frozen=True)
class Classification:
    """A classification system.

    Attributes
    ----------
    system : str
        One of `SYSTEMS`, `SECOND_SURVEY`, `SETTLEMENT`, or "custom".
    names : dict
        Code to official name; empty for a custom system, where every code is known.
    use_prefixes : tuple of (prefix, use)
        The longest matching prefix decides.
    suffixes : str
        Letters that may follow a code without changing its class.
    finer : str
        Pattern of what may follow a code that the table does not divide further; "" for nothing.
    mixed : tuple of str
        Codes of land that holds factories among other land.
    parents : dict
        Code to the class it belongs to, where its own first characters do not say so.
    neighbour_prefixes : tuple of (prefix, group)
        Classes that suffer from a factory beside them.
    free_prefixes : tuple of str
        Classes of land that can be built on.
    built_prefixes : tuple of str
        Classes of built land (建设用地).
    title, source : str
        The official name, and where the table comes from.
    date : datetime.date or None
        Since when layers are coded in it.
    """

    system: str
    names: dict[str, str] = field(default_factory=dict)
    use_prefixes: tuple[tuple[str, str], ...] = ()
    suffixes: str = ""
    finer: str = ""
    mixed: tuple[str, ...] = ()
    parents: dict[str, str] = field(default_factory=dict)
    title: str = ""
    source: str = ""
    neighbour_prefixes: tuple[tuple[str, str], ...] = ()
    free_prefixes: tuple[str, ...] = ()
    built_prefixes: tuple[str, ...] = ()
    date: dt.date | None = None

    def is_built(self, raw: object) -> bool:
        """Whether land of a class is built land (建设用地); False for a class that no table knows.

        Examples
        --------
        >>> survey = load("third_survey")
        >>> [survey.is_built(x) for x in ("0601", "06H1", "0702", "1003", "1006", "0101", "")]
        [True, True, True, True, False, False, False]
        """
        code = self.known(clean(raw)) if self.names else ""
        return bool(code) and code.startswith(self.built_prefixes)

    def is_free(self, raw: object) -> bool:
        """Whether land of a class is neither built on nor under water: a park may still build there.

        Examples
        --------
        >>> survey = load("third_survey")
        >>> [survey.is_free(x) for x in ("0101", "0301K", "0303", "1104", "0601", None)]
        [True, True, False, False, False, False]
        """
        code = self.known(clean(raw)) if self.names else ""
        return bool(code) and code.startswith(self.free_prefixes)

    def neighbour_of(self, raw: object) -> str:
        """Return what a class is as the neighbour of a factory: farmland, housing, ecological, or "" for the others.

        Examples
        --------
        >>> survey = load("third_survey")
        >>> [survey.neighbour_of(x) for x in ("0101", "702", "0402", "0601", None)]
        ['farmland', 'housing', 'ecological', '', '']
        """
        code = self.known(clean(raw)) if self.names else ""
        found = [
            group
            for c in (code, self.parents.get(code, ""))
            for p, group in self.neighbour_prefixes
            if p and c.startswith(p)
        ]
        return found[0] if found else ""

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
        known = self.known(code) if self.names else code
        if not known:
            return code, UNKNOWN
        matching = [(len(p), use) for p, use in self.use_prefixes if known.startswith(p)]
        if matching:
            return known, max(matching)[1]
        # a parent such as 06 may hold industry or not: nobody knows
        return known, UNKNOWN if self.names and set(USES) & self.holds(known) else OTHER

    def wanted_names(self) -> frozenset[str]:
        """Return the official names that only classes of the wanted uses have.

        Examples
        --------
        >>> sorted(load("gbt21010").wanted_names())
        ['仓储用地', '工业用地', '采矿用地']
        """
        of: dict[str, set[str]] = {}
        for code, name in self.names.items():
            of.setdefault(name, set()).add(self.use_of(code)[1])
        return frozenset(name for name, uses in of.items() if uses <= set(USES))

    def known(self, code: str) -> str:
        """Return a clean code as the table writes it, or "" when no reading of it is there.

        Examples
        --------
        >>> load("third_survey").known("601"), load("gb50137").known("M12"), load("gb50137").known("MISC")
        ('0601', 'M12', '')
        """
        bare = "".join(code.split())
        return next((c for c in (bare, "0" + bare) if next(self._readings(c), "")), "")

    def name_of(self, code: str) -> str:
        """Return the official name of a known code: its own, or that of the class it is a finer part of."""
        return self.names.get(next(self._readings(code), ""), "")

    def parent_of(self, code: str) -> str:
        """Return the next wider class of a known code, "" for a class of the first level.

        Examples
        --------
        >>> survey = load("third_survey")
        >>> survey.parent_of("0601"), survey.parent_of("0402"), survey.parent_of("0201K"), survey.parent_of("06")
        ('06', '00', '0201', '')
        """
        return self.parents.get(code) or next(
            (code[:n] for n in range(len(code) - 1, 0, -1) if code[:n] in self.names), ""
        )

    def holds(self, code: str) -> set[str]:
        """Return the uses of the classes that a wide code may stand for; empty for a code that says it all."""
        return {u for p, u in self.use_prefixes if p.startswith(code)} | ({USES[0]} if code in self.mixed else set())

    def _readings(self, code: str) -> Iterator[str]:
        """Find the codes of the table that a code stands for, the nearest first."""
        if code in self.names:
            yield code
        if code[-1:] in tuple(self.suffixes) and code[:-1] in self.names:
            yield code[:-1]
        if self.finer:
            for n in range(len(code) - 1, 0, -1):
                if code[:n] in self.names and not self._divided(code[:n]) and re.fullmatch(self.finer, code[n:]):
                    yield code[:n]

    def _divided(self, code: str) -> bool:
        """Whether the table divides a class: then it divides it whole, and a code it lacks is none."""
        return any(c != code and c.startswith(code) for c in self.names)


def clean(raw: object) -> str:
    r"""Return a code without blanks, quotes, zero-width characters, full-width forms or a decimal tail.

    Examples
    --------
    >>> clean("０６０１　"), clean(601.0), clean("m1-1\u200b"), clean("'0601"), clean(None)
    ('0601', '601', 'M1-1', '0601', '')
    """
    if raw is None or raw != raw:  # noqa: PLR0124, a NaN
        return ""
    return plain(plain(str(raw)).strip(QUOTES)).upper()


@cache
def load(system: str, industrial: tuple[str, ...] = ()) -> Classification:
    """Return a classification by name; for "custom", `industrial` holds the prefixes that count.

    Raises
    ------
    KeyError
        For a system that no table describes and that is not "custom".
    """
    if system == "custom":
        return Classification("custom", use_prefixes=tuple((clean(p), "industrial") for p in industrial))
    if system not in (*SYSTEMS, SECOND_SURVEY, SETTLEMENT):
        raise KeyError(system)
    table = tomllib.loads(
        files("landuse").joinpath("data", "classifications", f"{system}.toml").read_text(encoding="utf-8")
    )
    return Classification(
        system,
        table["codes"],
        tuple((code, use) for use, codes in table["use"].items() for code in codes),
        table["suffixes"],
        table["finer"],
        tuple(table.get("mixed", ())),
        table.get("parents", {}),
        table["name"],
        table["source"],
        tuple((code, group) for group, codes in table.get("neighbours", {}).items() for code in codes),
        tuple(table.get("spare", {}).get("free", ())),
        tuple(table.get("built", {}).get("codes", ())),
        table["date"],
    )
