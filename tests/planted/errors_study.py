"""Errors in the study file and in the tables beside it: words, periods and settings that cannot be meant."""

from __future__ import annotations

import pandas as pd
from grid_files import PATHS
from planting import REFUSED, RIGHT, Kinds

KINDS = Kinds()


def table(name, table, role, value, every=1, **options):
    """A kind: other values in a column of a table, in each row or in every so many."""

    def plant(office, _rng):
        frame = office.tables[table].copy()
        head = office.column(table, role)
        frame[head] = frame[head].astype(object)
        frame.loc[frame.index[::every], head] = value
        office.tables[table] = frame

    KINDS.add(f"{table}: {name}", plant, **options)


table("status words misspelt", "parcels", "supply_status", "供而末用")
table("status words of another list", "parcels", "supply_status", "在建")
table("district codes of another city", "parcels", "district", "320110001000", stage="concentration")
table("years to come", "standards", "year", 2124)
table("years of two digits", "standards", "year", 24)
table("zones of another city", "standards", "zone", "320110")
table("zones by name", "standards", "zone", "余杭区")
table("opened to come", "blocks", "from_year", 2206, stage="relocation")
table("opened a century ago", "blocks", "from_year", 1926, stage="relocation")
table("industries that are names", "blocks", "industries", "机械", must=REFUSED, stage="relocation")
table("industries that are none", "blocks", "industries", "99;98", stage="relocation")
table("park in full-width letters", "blocks", "park", "Ｋ１", 4, must=RIGHT, stage="relocation")
table("park by name", "blocks", "park", "东部产业园", 4, must=REFUSED, stage="relocation")
table("spare above the block", "blocks", "spare_mu", 5000, 4, stage="relocation")
table("park of another city", "panels", "park", "Z1", 4, must=REFUSED, stage="parks")
table("a count with a fraction", "panels", "count", 4.5, 4, must=REFUSED, stage="parks")
table("plots of another city", "exceptions", "plot", "3205110001", stage="change")
table("documents that are a dash", "exceptions", "document", "-", stage="change")


def rows(name, table, change, **options):
    """A kind: rows of a table added or left out."""

    def plant(office, _rng):
        office.tables[table] = change(office.tables[table])

    KINDS.add(f"{table}: {name}", plant, **options)


TOTAL = {"park": "合计", "block": "合计", "spare_mu": 500, "from_year": 2026, "price": 0, "industries": ""}
rows("a total row", "blocks", lambda f: pd.concat([f, pd.DataFrame([TOTAL])]), stage="relocation")
rows(
    "a total row for a park's block",
    "blocks",
    lambda f: pd.concat([f, pd.DataFrame([TOTAL | {"park": "K1"}])]),
    stage="relocation",
)
rows("a block twice", "blocks", lambda f: pd.concat([f, f.iloc[:1]]), must=REFUSED, stage="relocation")
rows("a block missing", "blocks", lambda f: f.iloc[1:], stage="relocation")
rows(
    "a total row",
    "panels",
    lambda f: pd.concat([f, pd.DataFrame([{"park": "合计", "kind": "平台", "count": 15, "goal": 27}])]),
    stage="parks",
)
rows("a zone missing", "standards", lambda f: f[f["zone"] != "330110"])
rows("a zone and year twice", "standards", lambda f: pd.concat([f, f.iloc[:1].assign(min_far=9)]), must=REFUSED)
rows("a plot twice", "exceptions", lambda f: pd.concat([f, f]), stage="change")


def setting(name, section, stage="candidates", must="seen", **keys):
    """A kind: keys of a section of the study."""

    def plant(office, _rng):
        part = office.study.setdefault(section, {})
        for key, value in keys.items():
            if isinstance(value, dict) and isinstance(part.get(key), dict):
                part[key] |= value
            elif value is None:
                del part[key]
            else:
                part[key] = value

    KINDS.add(f"[{section}] {name}", plant, stage=stage, must=must)


setting("where with a value misspelt", "parcels", where={"DLMC": ["工业用第"]})
setting("where with one of two values misspelt", "parcels", where={"DLMC": ["工业用地", "采矿用第"]})
setting("where with a column that is not there", "parcels", where={"状态": ["现状"]}, must=REFUSED)
setting("where with a level misspelt", "parks", where={"level": ["国家及"]}, stage="concentration")
setting("where with one of two levels misspelt", "parks", where={"level": ["国家级", "省及"]}, stage="concentration")
setting("another classification", "parcels", classification="gbt21010", stage="concentration")
setting("a classification of cities", "parcels", classification="gb50137", stage="concentration")
setting("a classification of 2023", "parcels", classification="land_sea_2023", stage="concentration")
setting("a column that is not there", "parcels", columns={"area": "MJ"}, must=REFUSED)
setting("areas in mu", "parcels", units={"area": "mu"}, stage="concentration")
setting("areas in ha", "parcels", units={"area": "ha"}, stage="concentration")
setting("tax in yuan", "enterprises", units={"tax": "元"})
setting("tax in thousands", "enterprises", units={"tax": "千元"})
setting("tax in millions", "enterprises", units={"tax": "百万元"})
setting("land in ha", "enterprises", units={"area": "公顷"})
setting("value added in yuan", "enterprises", units={"value_added": "元"})
setting("output in thousands", "enterprises", units={"output": "千元"}, stage="parks")
setting("energy in 10,000 tonnes", "enterprises", units={"energy": "万吨标煤"})
setting("a level given another rank", "parks", levels={"国家级": "town"}, stage="concentration")
setting("priority without a level", "parks", priority=["national", "provincial"], must=REFUSED, stage="concentration")
setting("planned boundaries that are not there", "definition", boundary="planned", must=REFUSED)
setting("a tolerance of 5 km", "definition", boundary_tolerance_m=5000, stage="concentration")
setting("a target of 7 %", "target", share=0.07, stage="relocation")
setting("a target of 0.45 %", "target", share=0.0045, stage="relocation")
setting("a target in per cent", "target", share=70, must=REFUSED)
setting("a target before the study's date", "target", by="2015-12-31", stage="change")
setting("a target a century on", "target", by="2126-12-31", stage="change")
setting("a path above the target", "target", path={"2026": 0.99}, stage="relocation")
setting("a gap of 5 km", "scatter", gap_m=5000)
setting("a gap in km", "scatter", gap_m=0.05)
setting("highly scattered above the cluster", "scatter", highly_scattered_mu=300, max_cluster_mu=200)
setting("smallest plot above the cluster", "scatter", min_plot_mu=500)
setting("a largest cluster in hectares", "scatter", max_cluster_mu=13.3)
setting("a shift of a kilometre", "change", shift_m=1000, stage="change")
setting("a first year that is past", "relocation", first_year=2016, stage="relocation")
setting("a budget in yuan", "relocation", budget=1, stage="relocation")
setting("a quota of half a mu", "relocation", quota_mu_per_year=0.5, stage="relocation")
setting("compaction of 1000", "relocation", compaction=1000, stage="relocation")
setting("an exempt plot that is not there", "relocation", exclude=["3205110001"], must=REFUSED, stage="relocation")
setting("a year without figures", "evaluation", year=2019, stage="parks")
setting("purity in per cent", "evaluation", purity=60, must=REFUSED, stage="parks")
setting("a date ten years back", "study", date="2015-12-31")
setting("a date to come", "study", date="2055-12-31")
setting("no date", "study", date=None)
setting("a working system of the neighbour's zone", "study", crs="EPSG:4548", stage="concentration")
setting("a working system in degrees", "study", crs="EPSG:4490", must=REFUSED, stage="concentration")
setting("the parks' file for the standards", "context", standards=PATHS["blocks"], must=REFUSED)
setting("the panels' file for the blocks", "capacity", path=PATHS["panels"], must=REFUSED, stage="relocation")
setting("the exceptions' file for the firms", "enterprises", path=PATHS["exceptions"], must=REFUSED)


def snapshot(name, **keys):
    """A kind: the earlier date's own keys."""
    KINDS.add(f"[[snapshots]] {name}", lambda o, _r: o.study["snapshots"][0].update(keys), stage="change")


snapshot("after the study's date", date="2026-12-31")
snapshot("on the study's date", date="2025-12-31")
snapshot("a century ago", date="1924-12-31")
snapshot("in the second survey's years", date="2012-12-31")
snapshot("areas in mu", parcels={"path": PATHS["earlier_parcels"], "units": {"area": "mu"}})
snapshot(
    "the names for the codes", parcels={"path": PATHS["earlier_parcels"], "columns": {"id": "BSM", "code": "DLMC"}}
)


@KINDS("[[snapshots]] the two dates exchanged", stage="change")
def _exchanged(office, _rng):
    office.study["parcels"]["path"] = PATHS["earlier_parcels"]
    office.study["snapshots"][0]["parcels"] = PATHS["parcels"]


@KINDS("[[snapshots]] one date twice", must=REFUSED, stage="change")
def _one_date_twice(office, _rng):
    office.study["snapshots"].append(dict(office.study["snapshots"][0]))
