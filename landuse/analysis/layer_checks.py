"""Are the districts a division of land, is the share one of a city, and is the parcel layer whole inside the parks?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from landuse import schema as s
from landuse.analysis.park_uses import UNCOVERED
from landuse.classification import USES
from landuse.crs import system, unit_factor
from landuse.finding import Finding
from landuse.i18n import _

if TYPE_CHECKING:
    import pandas as pd

    from landuse.classification import Classification
    from landuse.layers import Districts
    from landuse.results import Concentration

#: Of the smaller of two districts: common land up to the first is a boundary digitised twice; no map of administrative
#: areas has more than the second.
SLIVER, NO_MAP = 1e-3, 0.05
#: What a share of none or all may be off by rounding.
ROUNDING = 1e-9
#: Of a park's land, in no parcel: told above the first; above the second the layer is not there.
BARE, ALL_BARE = 0.05, 0.99


def district_findings(districts: Districts, file: str) -> list[Finding]:
    """Report districts that have land in common, where each parcel is counted for the first of them, and namesakes.

    Up to a thousandth of the smaller is a boundary digitised twice; above a twentieth it would stop.
    """
    polygons = np.asarray(districts.geometry.to_numpy(), dtype=object)
    i, j = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    i, j = i[i < j], j[i < j]
    common = shapely.area(shapely.intersection(polygons[i], polygons[j]))
    part = common / np.minimum(shapely.area(polygons[i]), shapely.area(polygons[j]))
    out = []
    for stops, which in ((False, (part > SLIVER) & (part <= NO_MAP)), (True, part > NO_MAP)):
        if which.any():
            rows = tuple(districts[s.DISTRICT].to_numpy()[np.unique(np.r_[i[which], j[which]])])
            action = _("districts overlap, up to {part:.1%} of the smaller one", part=float(part[which].max()))
            m2 = float(common[which].sum() * unit_factor(system(districts)) ** 2)
            fix = _("keep one row for each district, and no row of the city") if stops else ""
            out.append(Finding("districts_overlap", len(rows), action, m2, rows=rows, stops=stops, fix=fix, file=file))
    twice = districts[s.NAME].duplicated(keep=False) & (districts[s.NAME] != "")
    if twice.any():
        rows = tuple(districts.loc[twice, s.DISTRICT])
        action = _("several codes have one name: {names}", names="、".join(districts.loc[twice, s.NAME].unique()))
        out.append(Finding("districts_of_one_name", len(rows), action, rows=rows))
    return out


def share_findings(concentration: Concentration, file: str) -> list[Finding]:
    """Report a share of none or all: a layer that is not what it is said to be, likelier than a city."""
    share = concentration.share
    if ROUNDING < share < 1 - ROUNDING:
        return []
    action = _("{share:.0%} of the industrial land lies in the parks: no city is so", share=share)
    fix = _("check the park layer: is it the parks', of this city, whole, and without a frame?")
    return [Finding("share_of_all_or_none", 1, action, concentration.total_m2, stops=True, fix=fix, file=file)]


def bare_findings(uses: pd.DataFrame, classification: Classification, file: str) -> list[Finding]:
    """Report parks of which more than 5 % is no parcel of any class.

    Parameters
    ----------
    uses : pandas.DataFrame
        As `landuse.analysis.park_uses.park_uses` returns them.
    classification : Classification
        Of their codes: a layer of industrial land alone, which no park has another class in, is no question.
    file : str
        Of the parcels.

    Returns
    -------
    list of Finding
        parks_bare; it stops for parks of which nearly all is bare.
    """
    if all(classification.use_of(code)[1] in USES for code in set(uses[s.CODE]) - {UNCOVERED}):
        return []
    whole = uses.groupby(s.PARK)["m2"].sum()
    bare = uses[uses[s.CODE] == UNCOVERED].groupby(s.PARK)["m2"].sum().reindex(whole.index, fill_value=0.0)
    part, out = bare / whole, []
    for stops, which in ((False, (part > BARE) & (part <= ALL_BARE)), (True, part > ALL_BARE)):
        if which.any():
            action = _("up to {part:.0%} of a park is in no parcel of any class", part=float(part[which].max()))
            fix = _("check whether the parcel layer is whole there, or the park drawn elsewhere") if stops else ""
            rows = tuple(part.index[which])
            m2 = float(bare[which].sum())
            out.append(Finding("parks_bare", len(rows), action, m2, rows=rows, stops=stops, fix=fix, file=file))
    return out
