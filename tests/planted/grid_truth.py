"""The figures of a grid city by counting its cells: whole numbers and fractions, no geometry and no engine."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from grid_city import CELL_M2, DISTRICTS, YEARS, groups, neighbours

DAY = dt.date(2025, 12, 31)
MAX_CLUSTER_MU, HIGHLY_MU = 200, 30


def cell_m2(plot, basis):
    """What a cell of a plot counts for."""
    return Fraction(CELL_M2) if basis == "planar" else Fraction(plot.stated_m2, len(plot.cells))


def mu(plot):
    """Stated land in mu."""
    return Fraction(plot.stated_m2 * 15, 10_000)


def truth(city, basis):
    """Every figure that can be counted, by the names that `readings.figures` gives them."""
    plots = {p.id: p for p in city.plots if p.code == "0601"}
    owner = {c: b for b in city.blocks for c in b.cells}
    out = _shares(plots.values(), city, owner, basis)
    places = _places(plots.values(), owner, basis)
    out |= {
        ("plot", i, k): v
        for i, (position, m2) in places.items()
        for k, v in (("position", position), ("cluster_m2", m2))
    }
    values, reasons = _judged(city, plots)
    out |= {("rule", i, code): v for i, own in values.items() for code, v in own.items()}
    out |= {("reasons", i): tuple(r) for i, r in reasons.items()}
    scattered = {i for i, (position, _) in places.items() if position in ("scattered", "highly_scattered")}
    adjoining = {i for i, (position, _) in places.items() if position == "adjoining"}
    parks = [(i, b) for i, p in plots.items() for b in {owner[c].park for c in p.cells if c in owner}]
    out["listed",] = sorted(i for i in scattered if reasons[i])
    out["renewed",] = sorted([i for i, _ in parks if reasons[i]] + [i for i in adjoining if reasons[i]])
    return out | _change(city, owner, basis)


def _shares(plots, city, owner, basis):
    out = {}
    for b in ("planar", "registered"):
        total = sum(cell_m2(p, b) * len(p.cells) for p in plots)
        inside = sum(cell_m2(p, b) for p in plots for c in p.cells if c in owner)
        out["share", b] = inside / total
        if b == basis:
            out |= {("city", "total_m2"): total, ("city", "inside_m2"): inside}
    for code, _name, columns in DISTRICTS:
        own = [(p, c) for p in plots for c in p.cells if c[0] in columns]
        out["district", code, "total_m2"] = sum((cell_m2(p, basis) for p, _c in own), Fraction())
        out["district", code, "inside_m2"] = sum((cell_m2(p, basis) for p, c in own if c in owner), Fraction())
    for park in {b.park for b in city.blocks}:
        own = [cell_m2(p, basis) for p in plots for c in p.cells if c in owner and owner[c].park == park]
        out["park", park, "industrial_m2"] = sum(own, Fraction())
        out["park", park, "blocks"] = sum(b.park == park for b in city.blocks)
    return out


def _places(plots, owner, basis):
    """Position and cluster of every plot's land outside; cells that touch, also by a corner, are within the gap."""
    outside = {p.id: p.cells - owner.keys() for p in plots}
    around = {i: set().union(*(neighbours(c, corners=True) for c in cells)) for i, cells in outside.items() if cells}
    m2 = {p.id: cell_m2(p, basis) * len(outside[p.id]) for p in plots}
    places = {}
    for group in groups(sorted(around), lambda a, b: bool(around[a] & outside[b])):
        land = sum(m2[i] for i in group)
        size = "clustered"
        if land * 15 <= MAX_CLUSTER_MU * 10_000:
            size = "highly_scattered" if land * 15 <= HIGHLY_MU * 10_000 else "scattered"
        places |= {i: ("adjoining" if around[i] & owner.keys() else size, land) for i in group}
    return places


def _judged(city, plots):
    """What each rule of the shipped pack measures, and which are met."""
    by = {i: [r for r in city.rows if r.plot == i] for i in plots}
    tax = {i: _by_year(rows, "tax") for i, rows in by.items()}
    district = {}
    for code, _name, _columns in DISTRICTS:
        for year in YEARS:
            paying = [i for i in plots if plots[i].district == code and year in tax[i]]
            if paying:
                district[code, year] = Fraction(sum(tax[i][year] for i in paying)) / sum(mu(plots[i]) for i in paying)
    grades = {r.firm: r.grade for r in sorted(city.rows, key=lambda r: r.year) if r.grade}
    values, reasons = {}, {}
    for i, plot in plots.items():
        v = {"L1": _graded_d(by[i], grades), "L4": _idle(by[i]), "L6": _energy(by[i])}
        far, coverage = city.standards[plot.district][2024]
        own = [Fraction(tax[i][y]) / mu(plot) for y in sorted(tax[i])[-3:]]
        v["L2"] = sum(own) / len(own) if own else None
        three = [Fraction(tax[i][y]) / mu(plot) / district[plot.district, y] for y in sorted(tax[i])[-3:]]
        v["L2D"] = max(three) if len(three) == 3 else None
        v |= {"L3": Fraction(plot.far, 100), "L3C": Fraction(plot.coverage, 100)}
        met = {
            "L1": v["L1"] is not None and v["L1"] > Fraction(1, 2),
            "L2": v["L2"] is not None and v["L2"] < 15,
            "L2D": v["L2D"] is not None and v["L2D"] < Fraction(1, 2),
            "L3": plot.far < far,
            "L3C": plot.coverage < coverage,
            "L4": v["L4"] is not None and v["L4"] >= 1,
            "L5": plot.status != "",
            "L6": v["L6"] is not None and v["L6"] > Fraction(52, 100),
        }
        values[i] = v
        reasons[i] = [code for code, yes in met.items() if yes]
    return values, reasons


def _by_year(rows, name):
    """The sum of a plot's firms by year, where all of them state it."""
    out = {}
    for year in YEARS:
        own = [getattr(r, name) for r in rows if r.year == year]
        if own and None not in own:
            out[year] = sum(own)
    return out


def _graded_d(rows, grades):
    """Land of the latest year by grade: the row's own, else the latest that its firm has on any of its plots."""
    last = [r for r in rows if r.year == max(x.year for x in rows)]
    if not any(r.grade or r.firm in grades for r in last):
        return None
    return Fraction(sum(r.mu for r in last if (r.grade or grades.get(r.firm)) == "D"), sum(r.mu for r in last))


def _idle(rows):
    """Years since the last firm stopped; none where one works."""
    if not rows:
        return None
    days = [(DAY - dt.date.fromisoformat(r.idle_since)).days if r.idle_since else 0 for r in rows]
    return Fraction(min(days) * 100, 36_525)


def _energy(rows):
    energy, added = _by_year(rows, "energy"), _by_year(rows, "value_added")
    both = [y for y in energy if added.get(y, 0) > 0]
    return Fraction(energy[max(both)], added[max(both)]) if both else None


def _change(city, owner, basis):
    """Land by what happened to each cell between the two dates."""
    was_owner = {c for b in city.earlier_blocks for c in b.cells}
    now = {c: p for p in city.plots for c in p.cells}
    then = {c: p for p in city.earlier_plots for c in p.cells}
    m2 = dict.fromkeys(
        ("redrawn_in", "reclassified", "new_inside", "new_outside", "cleared_inside", "cleared_outside"), Fraction()
    )
    for cell, plot in now.items():
        before, after = then[cell].code, plot.code
        if "0601" not in (before, after):
            continue
        if before == after:
            kind = "redrawn_in" if (cell in owner) != (cell in was_owner) else None
        elif "0602" in (before, after):
            kind = "reclassified"
        elif after == "0601":
            kind = "new_inside" if cell in owner else "new_outside"
        else:
            kind = "cleared_inside" if cell in was_owner else "cleared_outside"
        if kind:
            m2[kind] += cell_m2(plot, basis)
    out = {("change", kind): value for kind, value in m2.items()}
    new = {i: p for i, p in ((p.id, p) for p in city.plots) if p.code == "0601"}
    fresh = [i for i, p in new.items() if then[next(iter(p.cells))].code == "0103"]
    out["new_outside",] = {
        i: city.exceptions.get(i, "") for i in sorted(fresh) if any(c not in owner for c in new[i].cells)
    }
    return out
