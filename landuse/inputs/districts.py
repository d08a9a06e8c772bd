"""Codes of districts: of one city, and named where the study has them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType

import geopandas as gpd
import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.errors import Problem, refuse_if
from landuse.i18n import _
from landuse.inputs import cells
from landuse.inputs.polygons import polygons
from landuse.inputs.precedence import in_order
from landuse.inputs.row_names import name_issues, total_issues
from landuse.inputs.source_table import Checked, column_texts
from landuse.quality import Issue
from landuse.spelling import did_you_mean, plain, unify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray
    from pyproj import CRS

    from landuse.geo.arrays import Bools
    from landuse.inputs.parcels import Parcels
    from landuse.inputs.source_table import SourceTable

#: The first digits of a district's code are its city's; all of a parcel's code that are its district's.
CITY, DISTRICT = 4, 6
#: Codes that differ from more than this share of the others are slips; fewer alike, and the study is of several cities.
MOST_OF_ONE = 0.75
LISTED = 5


@dataclass(frozen=True)
class StudyDistricts:
    """The districts a study has.

    Attributes
    ----------
    codes : frozenset of str
        Those of the layer; without one, those the industrial parcels state.
    layer : bool
        Whether there is a layer, which has them all: else another district of the same city may be one of the study.
    """

    codes: frozenset[str] = frozenset()
    layer: bool = False

    def lacks(self, code: str) -> bool:
        """Whether a code is none of the study's districts; no for a blank, and where the study has none at all."""
        if not code or not self.codes or code in self.codes:
            return False
        return self.layer or code[:CITY] not in {c[:CITY] for c in self.codes}


#: Where nobody knows the districts.
UNKNOWN_DISTRICTS = StudyDistricts()


def districts_of(parcels: Parcels, districts: Districts | None) -> StudyDistricts:
    """Return the districts of a study from its layers."""
    if districts is not None:
        return StudyDistricts(frozenset(districts[s.DISTRICT]), layer=True)
    return StudyDistricts(frozenset(parcels[s.DISTRICT].str[:DISTRICT]) - {""})


def strange_districts(
    codes: Iterable[str], known: StudyDistricts, rows: NDArray[np.object_], table: str
) -> list[Issue]:
    """Report rows of a table that name a district the study does not have.

    Parameters
    ----------
    codes : iterable of str
        Of the rows; "" for none.
    known : StudyDistricts
        Of the study.
    rows : array of str
        Numbers of the rows.
    table : str
        What names them, for the message.
    """
    codes = list(codes)
    strange = np.array([known.lacks(code) for code in codes], dtype=bool)
    if not strange.any():
        return []
    first = dict.fromkeys(np.asarray(codes, dtype=object)[strange])
    listed = ", ".join(list(first)[:LISTED])
    action = _("{table}: {codes} is no district of the study: no plot lies there", table=table, codes=listed)
    action = "; ".join(filter(None, (action, did_you_mean(next(iter(first)), sorted(known.codes)))))
    return [Issue("strange_districts", int(strange.sum()), action, rows=tuple(rows[strange]))]


def without_standard(codes: Sequence[str], bare: Bools) -> list[Issue]:
    """Report districts of the study of which no entry standard is in force."""
    missing = tuple(code for code, none in zip(codes, bare, strict=True) if none)
    action = _(
        "no entry standard in force: their plots are not held against one: {codes}", codes=", ".join(missing[:LISTED])
    )
    return [Issue("no_standard", len(missing), action, rows=missing)] if missing else []


def other_cities(codes: Collection[str]) -> list[str]:
    """Return the codes that are of another length or another city than most; none where no city has most.

    Examples
    --------
    >>> other_cities(["330102", "330105", "330106", "330110", "33011"]), other_cities(["330102", "330201"])
    (['33011'], [])
    """
    kinds = Counter((len(c), c[:CITY]) for c in codes if c)
    if not kinds:
        return []
    kind, most = kinds.most_common(1)[0]
    return [c for c in codes if c and (len(c), c[:CITY]) != kind] if most >= MOST_OF_ONE * kinds.total() else []


def district_issues(parcels: Parcels, districts: Districts | None, file: str) -> list[Issue]:
    """Report codes of districts that cannot be right: of another city or length, or with none in common.

    Parameters
    ----------
    parcels : Parcels
        With the code each states, "" for none.
    districts : Districts or None
        The layer.
    file : str
        Of the parcels.

    Returns
    -------
    list of Issue
        odd_districts: of the layer, or where there is none of the parcels. districts_apart, which stops: no parcel
        states a code of the layer.
    """
    stated = parcels[s.DISTRICT].str[:DISTRICT]
    if districts is None:
        return _odd(stated, parcels[s.PARCEL])
    known = set(districts[s.DISTRICT])
    out = _odd(districts[s.DISTRICT], districts[s.DISTRICT])
    some = parcels[s.DISTRICT] != ""
    alike = {own for own in parcels.loc[some, s.DISTRICT].unique() for d in known if _one(own, d)}
    if some.any() and known and not alike:
        action = _(
            "no parcel states a district of the layer: {parcels} against {districts}",
            parcels=", ".join(stated[some].value_counts().index[:LISTED]),
            districts=", ".join(sorted(known)[:LISTED]),
        )
        fix = _("name the right columns in [parcels] columns district and [districts] columns code, or the right layer")
        rows = tuple(parcels.loc[some, s.PARCEL])
        out.append(Issue("districts_apart", len(rows), action, stops=True, fix=fix, file=file, rows=rows))
    return out


def _one(own: str, district: str) -> bool:
    """Whether a parcel's code, of whatever depth, and a district's can be of one district."""
    return bool(district) and (own.startswith(district) or district.startswith(own[:DISTRICT]))


def _odd(codes: pd.Series[str], rows: pd.Series[str]) -> list[Issue]:
    """Report codes of another city or length than most of the distinct ones, or of most rows."""
    distinct = [str(c) for c in codes.unique()]
    strange = other_cities(distinct) or other_cities(list(codes))
    which = codes.isin(strange)
    if not which.any():
        return []
    listed = ", ".join(list(dict.fromkeys(strange))[:LISTED])
    action = _("of another city, or of another length, than the others: {codes}; kept", codes=listed)
    return [Issue("odd_districts", int(which.sum()), action, rows=tuple(rows[which]))]


Districts = NewType("Districts", gpd.GeoDataFrame)


def as_districts(raw: SourceTable, columns: Mapping[str, str], crs: CRS) -> Checked[Districts]:
    """Admit a district layer; columns `district` (code) and `name`, one row a code."""
    frame, issues, assumptions = polygons(raw, crs, column_texts(raw, columns.get("code")), "district")
    problems: list[Problem] = []
    codes = unify([plain(x) for x in cells.identifiers(frame, columns, "code", problems, frame.index.astype(str))])
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    names = cells.text(frame, columns, "name") if columns.get("name") else codes
    issues += [*total_issues(codes, [codes, names], raw.file), *name_issues(codes, names, raw.file)]
    districts = gpd.GeoDataFrame({s.DISTRICT: codes, s.NAME: names}, geometry=frame.geometry.to_numpy(), crs=crs)
    if len(set(codes)) < len(codes):
        districts = districts.dissolve(s.DISTRICT, as_index=False)
    districts = districts.sort_values(s.DISTRICT, key=in_order, kind="stable", ignore_index=True)
    districts = districts[[s.DISTRICT, "geometry", s.NAME]]
    return Checked(Districts(districts), tuple(issues), assumptions)
