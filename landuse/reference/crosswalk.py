"""From one classification system to another, and what is lost on the way.

The tables are data (`landuse/data/crosswalks/<from>-<to>.toml`): for a class, the classes of the other system its
land may belong to. No land is ever distributed over several: what a code does not say, nobody knows.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd

from landuse.errors import AccountingError, InputError, Problem
from landuse.i18n import _
from landuse.reference.classification import Classification, clean, load

if TYPE_CHECKING:
    from collections.abc import Iterable

#: How a class goes over, the harmless first.
KINDS = ("exact", "merged", "approximate", "split", "none", "unknown")
#: Kinds whose land has one class in the other system.
SETTLED = KINDS[:3]


@dataclass(frozen=True)
class Crosswalk:
    """A table from one system to another.

    Attributes
    ----------
    source, target : Classification
        The two systems.
    to : dict
        Code of the source to codes of the target; a finer code is where its class is.
    approximate : tuple of str
        Codes whose two definitions overlap without being the same.
    provenance, trust : str
        Where the table comes from, and how far to trust it.
    """

    source: Classification
    target: Classification
    to: dict[str, tuple[str, ...]]
    approximate: tuple[str, ...]
    provenance: str
    trust: str

    def listed(self, code: str) -> str:
        """Return the code the table lists for a known code: itself or the nearest wider class; "" for none."""
        known = self.source.known(code)
        while known and known not in self.to:
            known = self.source.parent_of(known)
        return known

    def targets(self, code: str) -> tuple[str, ...]:
        """Return the classes the land of a code may belong to; empty where the table knows none."""
        return self.to.get(self.listed(code), ())

    def kind(self, code: str) -> str:
        """Return one of `KINDS`.

        Examples
        --------
        >>> walk = load_crosswalk("third_survey", "land_sea_2023")
        >>> [walk.kind(c) for c in ("0601", "1104A", "0508", "06H1", "9999")]
        ['exact', 'merged', 'approximate', 'split', 'unknown']
        """
        if not self.source.known(code):
            return "unknown"
        targets = self.targets(code)
        if len(targets) != 1:
            return "split" if targets else "none"
        if self.listed(code) in self.approximate:
            return "approximate"
        return "merged" if self._others(code) else "exact"

    def lost(self, code: str) -> str:
        """Say what going over loses, "" for nothing.

        Examples
        --------
        Whether a factory is of the first, second or third class, 0601 does not say; the code of a river says it all:

        >>> walk = load_crosswalk("third_survey", "land_sea_2023")
        >>> "100101 100102 100103" in walk.lost("0601"), walk.lost("1101")
        (True, '')
        """
        kind = self.kind(code)
        said = {
            "split": _("one of several classes: the code does not say which"),
            "merged": _("no longer told from {codes}", codes=" ".join(self._others(code))),
            "approximate": _("the two definitions overlap, they are not the same"),
            "none": _("no class of the other system fits"),
            "unknown": _("no code of {system}", system=self.source.system),
        }.get(kind, "")
        finer = [c for t in self.targets(code) if kind in SETTLED for c in self.target.names if self._is_finer(c, t)]
        divided = _(
            "{target} is divided into {codes}: the code does not say which",
            target=" ".join(self.targets(code)),
            codes=" ".join(finer),
        )
        return "; ".join(x for x in (said, divided if finer else "") if x)

    def _others(self, code: str) -> list[str]:
        """Return the other codes whose land becomes the same class."""
        mine, targets = self.source.known(code), self.targets(code)
        return [c for c, t in self.to.items() if t == targets and c not in (mine, self.listed(code))]

    def _is_finer(self, code: str, target: str) -> bool:
        return code != target and self.target.parent_of(code) == target


@dataclass(frozen=True)
class Translation:
    """The classes of a layer in another system.

    Attributes
    ----------
    crosswalk : Crosswalk
        The table.
    classes : DataFrame
        One row a code of the layer: code, name, kind, targets, lost, rows, area_m2.
    rows : int
        Of the layer.
    area_m2 : float
        Of the layer.
    """

    crosswalk: Crosswalk
    classes: pd.DataFrame
    rows: int
    area_m2: float

    def __post_init__(self) -> None:
        """Check that no row and no land is lost or doubled."""
        got = float(self.classes["area_m2"].sum())
        if int(self.classes["rows"].sum()) != self.rows or not math.isclose(got, self.area_m2, rel_tol=1e-9):
            raise AccountingError(f"crosswalk: {self.area_m2!r} m² in, {got!r} m² out")

    @property
    def totals(self) -> pd.DataFrame:
        """Land by class of the other system: code, name, rows, area_m2; what has no one class goes by its kind."""
        c = self.classes
        settled = c["kind"].isin(SETTLED)
        code = c["targets"].str[0].where(settled, "")
        groups = c.assign(code=code, kind=c["kind"].where(~settled, ""))
        out = groups.groupby(["code", "kind"], sort=True)[["rows", "area_m2"]].sum().reset_index()
        return out.assign(name=out["code"].map(self.crosswalk.target.name_of))

    def as_dict(self) -> dict[str, Any]:
        """Return the translation as CONTRACT prints it."""
        walk = self.crosswalk
        return {
            "from": walk.source.system,
            "to": walk.target.system,
            "source": walk.provenance,
            "trust": walk.trust,
            "rows": self.rows,
            "area_m2": self.area_m2,
            "classes": [row | {"targets": list(row["targets"])} for row in self.classes.to_dict("records")],
            "totals": self.totals.to_dict("records"),
        }


def translate(codes: Iterable[object], area_m2: Iterable[float], crosswalk: Crosswalk) -> Translation:
    """Which classes of another system do the parcels of a layer belong to?

    Parameters
    ----------
    codes : iterable
        Raw codes, one a parcel.
    area_m2 : iterable of float
        Their areas.
    crosswalk : Crosswalk
        The table.

    Returns
    -------
    Translation
        Rows and area per code, with what is lost; the sums are those of the layer.

    Examples
    --------
    >>> done = translate(["0601", "601", "06H1"], [1.0, 2.0, 4.0], load_crosswalk("third_survey", "land_sea_2023"))
    >>> done.totals[["code", "kind", "rows", "area_m2"]].values.tolist()
    [['', 'split', 1, 4.0], ['1001', '', 2, 3.0]]
    """
    table = pd.DataFrame({"raw": list(codes), "area_m2": list(area_m2)})
    readings = {raw: crosswalk.source.known(clean(raw)) or clean(raw) for raw in table["raw"].unique()}
    grouped = table.assign(code=table["raw"].map(lambda raw: readings[raw])).groupby("code")["area_m2"]
    classes = grouped.agg(rows="size", area_m2="sum").reset_index()
    for column, of in (
        ("name", crosswalk.source.name_of),
        ("kind", crosswalk.kind),
        ("targets", crosswalk.targets),
        ("lost", crosswalk.lost),
    ):
        classes[column] = [of(code) for code in classes["code"]]
    columns = ["code", "name", "kind", "targets", "lost", "rows", "area_m2"]
    return Translation(crosswalk, classes[columns], len(table), float(table["area_m2"].sum()))


@cache
def load_crosswalk(source: str, target: str) -> Crosswalk:
    """Return the table from one system to another.

    Raises
    ------
    InputError
        When there is none; the fix lists those there are.
    """
    folder = files("landuse").joinpath("data", "crosswalks")
    there = sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))
    if f"{source}-{target}" not in there:
        fix = _("choose one of {pairs}", pairs=", ".join(x.replace("-", " → ") for x in there))
        raise InputError(Problem(_("no crosswalk from {source} to {target}", source=source, target=target), fix))
    table = tomllib.loads(folder.joinpath(f"{source}-{target}.toml").read_text(encoding="utf-8"))
    to = {code: tuple(targets) for code, targets in table["to"].items()}
    return Crosswalk(load(source), load(target), to, tuple(table["approximate"]), table["source"], table["trust"])
