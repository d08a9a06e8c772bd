"""What the figures rest on: registered areas, ids that rank claimants, spellings of codes, storeys, plots explained.

Rows GR1 to GR8 of the list of bad inputs.
"""

import json
import re
import zipfile

from corpus import Refused, Right, Table, city, parcels, parks, square

TABLE = Table()
WITH_AREA = {"id": "BSM", "code": "DLBM", "name": "DLMC", "area": "mj"}
#: Square metres in a mu.
MU = 10_000 / 15


def stated(folder, areas, basis="registered", **columns):
    """The toy city with a column of stated areas."""
    return city(
        folder,
        frames={"parcels.gpkg": parcels(mj=areas, **columns)},
        parcels={"columns": WITH_AREA},
        definition={"area": basis},
    )


def rests_on(area, rows, share=0.75, issues=None, also=None):
    """The answer by an area basis, with so many rows in the matrix of definitions."""

    def check(outcome):
        answer = outcome.answer
        assert answer["definition"]["area"] == area, answer["definition"]
        assert len(answer["sensitivity"]) == rows, len(answer["sensitivity"])
        one = {k: answer["definition"][k] for k in ("classes", "boundary", "rule", "area")}
        (own,) = [r for r in answer["sensitivity"] if one.items() <= r.items()]
        assert own["share"] == answer["city"]["share"]
        assert abs(answer["city"]["share"] - share) <= 1e-5, answer["city"]
        if also:
            also(outcome)

    return Right(share=None, issues=issues or {}, check=check)


def quality(outcome, name):
    found = [q for q in outcome.answer["quality"] if q["check"] == name]
    return found[0] if found else None


# ---- GR1: no registered area, or not on every row ----


def _every_output(outcome):
    """Whatever prints the definition prints the measured one, and no line speaks of registered area."""
    names = ("reports/study.docx", "tables/study.xlsx", "layers/study.gpkg", "maps/study-plain.html")
    for name in names:
        path = outcome.out / name
        if path.suffix in (".docx", ".xlsx"):
            with zipfile.ZipFile(path) as book:
                content = " ".join(book.read(n).decode("utf-8") for n in book.namelist() if n.endswith(".xml"))
        else:
            content = path.read_bytes().decode("utf-8", "replace")
        assert "parcels cut at the boundary · ellipsoidal area" in content, name
        assert "· registered area" not in content, name
    for kind in ("summary", "manifest"):
        said = json.loads((outcome.out / f"study.{kind}.json").read_text(encoding="utf-8"))
        assert said["definition"]["area"] == "ellipsoidal", kind


@TABLE("GR1", "no area column: every output says measured", rests_on("ellipsoidal", 18, also=_every_output), "run")
def _(folder):
    return city(folder, definition={"area": None}), "--also", "plain-map"


@TABLE("GR1", "no area column, registered by default", rests_on("ellipsoidal", 18, issues={"unstated_area": 3}))
def _(folder):
    return city(folder, definition={"area": None})


@TABLE("GR1", "a column of nothing: blank, zero, below zero", rests_on("ellipsoidal", 18, issues={"unstated_area": 3}))
def _(folder):
    return stated(folder, [None, 0.0, 7.0, -1.0])


def _half_stated(outcome):
    found = quality(outcome, "unstated_area")
    assert abs(found["area_m2"] - 10_000) < 10, found
    assert abs(found["effect_on_share"] - (0.75 - 1.0)) < 1e-5, found


@TABLE(
    "GR1", "one row of three states none", rests_on("registered", 27, issues={"unstated_area": 1}, also=_half_stated)
)
def _(folder):
    return stated(folder, [10_000.0, 10_000.0, 1.0, None])


@TABLE("GR1", "only the mine states one", rests_on("ellipsoidal", 21, issues={"unstated_area": 2}))
def _(folder):
    return stated(folder, [None, 10_000.0, 1.0, None])


def _nothing_of_areas(outcome):
    assert quality(outcome, "unstated_area") is None


@TABLE("GR1", "nobody asked for registered areas", rests_on("planar", 18, also=_nothing_of_areas))
def _(folder):
    return city(folder)


def _no_effect(outcome):
    assert quality(outcome, "unstated_area")["effect_on_share"] == 0


@TABLE(
    "GR1",
    "a blank where land is measured anyway",
    rests_on("planar", 27, issues={"unstated_area": 1}, also=_no_effect),
)
def _(folder):
    return stated(folder, [10_000.0, 10_000.0, 1.0, None], "planar")


# ---- GR2: stated against measured ----


def contradicts(count, share, says, basis="registered"):
    def check(outcome):
        found = quality(outcome, "area_contradicts")
        assert found["count"] == count, found
        assert re.search(says, found["action"]), found
        assert quality(outcome, "area_differs") is None
        assert ("kept" in found["action"]) == (basis == "registered"), found
        assert bool(found["effect_on_share"]) == (basis == "registered"), found

    return rests_on(basis, 27, share, also=check)


@TABLE("GR2", "three times the measured area, by registered area", contradicts(1, 3.5 / 4, "twice.*kept"))
def _(folder):
    return stated(folder, [30_000.0, 10_000.0, 1.0, 10_000.0])


@TABLE("GR2", "three times, by planar area: nothing is kept", contradicts(1, 0.75, "measured one is used", "planar"))
def _(folder):
    return stated(folder, [30_000.0, 10_000.0, 1.0, 10_000.0], "planar")


@TABLE("GR2", "a third of it, by ellipsoidal area", contradicts(1, 0.75, "less than half", "ellipsoidal"))
def _(folder):
    return stated(folder, [3_333.0, 10_000.0, 1.0, 10_000.0], "ellipsoidal")


@TABLE("GR2", "one row in mu among square metres", contradicts(1, 0.5015 / 1.0015, "read as m2.*mu × 1"))
def _(folder):
    return stated(folder, [15.0, 10_000.0, 1.0, 10_000.0])


def differs(count, word):
    def check(outcome):
        found = quality(outcome, "area_differs")
        assert found["count"] == count, found
        assert word in found["action"], found
        assert quality(outcome, "area_contradicts") is None

    return check


@TABLE("GR2", "nine tenths more is a difference", rests_on("registered", 27, 2.4 / 2.9, also=differs(1, "kept")))
def _(folder):
    return stated(folder, [19_000.0, 10_000.0, 1.0, 10_000.0])


@TABLE(
    "GR2", "a difference where land is measured", rests_on("planar", 27, 0.75, also=differs(1, "measured one is used"))
)
def _(folder):
    return stated(folder, [19_000.0, 10_000.0, 1.0, 10_000.0], "planar")


def unit(folder, areas, read_as=None, basis="registered"):
    return city(
        folder,
        frames={"parcels.gpkg": parcels(mj=areas)},
        parcels={"columns": WITH_AREA, "units": {"area": read_as} if read_as else None},
        definition={"area": basis},
    )


@TABLE("GR3", "mu read as square metres", Refused('look like mu, read as m2.*area = "mu"', "parcels.gpkg"))
def _(folder):
    return unit(folder, [15.0, 15.0, 1.0, 15.0])


@TABLE("GR3", "hectares, rounded to one place", Refused('look like ha.*area = "ha"', "parcels.gpkg"))
def _(folder):
    return unit(folder, [1.1, 0.9, 1.0, 1.2])


@TABLE("GR3", "square kilometres, where land is measured", Refused('look like km2.*area = "km2"', "parcels.gpkg"))
def _(folder):
    return unit(folder, [0.01, 0.01, 1.0, 0.01], basis="planar")


@TABLE("GR3", "square metres read as mu", Refused('look like m2, read as mu.*area = "m2"', "parcels.gpkg"))
def _(folder):
    return unit(folder, [10_010.0, 9_990.0, 1.0, 10_000.0], "mu")


@TABLE("GR3", "what the fix says, done: square kilometres", rests_on("registered", 27))
def _(folder):
    return unit(folder, [0.01, 0.01, 1.0, 0.01], "km2")


@TABLE("GR3", "what the fix says, done: mu", rests_on("registered", 27))
def _(folder):
    return unit(folder, [10_000 / MU] * 4, "亩")


# ---- GR4: of two claimants the smaller id keeps the land ----


def _pair(folder, ids):
    """Two factories that share half their land; the first has its centroid in the park, the second has not."""
    first, second = square(0), square(0.5)
    frame = parcels([first, second], BSM=ids, DLBM=["0601"] * 2, DLMC=["工业用地"] * 2)
    frames = {"parcels.gpkg": frame, "parks.gpkg": parks([square(-0.4)])}
    return city(folder, frames=frames, definition={"rule": "centroid"})


@TABLE("GR4", "parcel 9 keeps it from 10", Right(share=1 / 3))
def _(folder):
    return _pair(folder, ["10", "9"])


@TABLE("GR4", "parcel 9 keeps it from 10, drawn first", Right(share=2 / 3))
def _(folder):
    return _pair(folder, ["9", "10"])


@TABLE("GR4", "ids of more digits than a number holds", Right(share=1 / 3))
def _(folder):
    return _pair(folder, ["1" + "0" * 25, "9" * 25])


@TABLE("GR4", "ids with letters compare as text", Right(share=2 / 3))
def _(folder):
    return _pair(folder, ["K10", "K9"])


@TABLE("GR4", "digits before letters", Right(share=1 / 3))
def _(folder):
    return _pair(folder, ["1A", "20"])


def attributed(expected):
    def check(outcome):
        got = {p["id"]: round(p["industrial_m2"]) for p in outcome.answer["parks"]}
        assert got == expected, got

    return Right(share=None, check=check)


@TABLE("GR5", "parks 9 and 10 claim one place", attributed({"9": 10_000, "10": 0}))
def _(folder):
    sites = parks([square(0), square(0)], park_id=["10", "9"])
    return city(folder, frames={"parks.gpkg": sites}, study={"accept": ["parks_twice"]})


@TABLE("GR5", "a factory half in each of parks 9 and 10", attributed({"9": 10_000, "10": 0}))
def _(folder):
    sites = parks([square(0, -0.5), square(0, 0.5)], park_id=["10", "9"])
    return city(folder, frames={"parks.gpkg": sites}, definition={"rule": "majority"})


@TABLE("GR5", "a level goes before an id", attributed({"9": 0, "10": 10_000}))
def _(folder):
    sites = parks([square(0), square(0)], park_id=["10", "9"], lv=["national", "town"])
    return city(
        folder,
        frames={"parks.gpkg": sites},
        parks={"columns": {"id": "park_id", "block": "block", "level": "lv"}},
        study={"accept": ["parks_twice"]},
    )


# ---- GR6: how a code is written ----


def written(count):
    def check(outcome):
        found = quality(outcome, "codes_normalised")
        assert (found["count"] if found else 0) == count, found

    return Right(check=check)


def coded(folder, codes, system="third_survey"):
    frame = parcels(DLBM=codes, DLMC=[""] * 4)
    return city(folder, frames={"parcels.gpkg": frame}, parcels={"classification": system})


@TABLE("GR6", "small letters", written(0))
def _(folder):
    return coded(folder, ["m1", "r1", "r2", "m2"], "gb50137")


@TABLE("GR6", "small letters of a finer class", written(0))
def _(folder):
    return coded(folder, ["06h1", "0602k", "0701", "06H1"])


@TABLE("GR6", "blanks, quotes, width and lost zeros still count", written(3))
def _(folder):
    return coded(folder, [" 06h1", "'0602", "0701", "６０１"])


# ---- GR7: buildings without storeys ----


@TABLE("GR7", "no storeys on one building", Right(share=None, issues={"unknown_storeys": 1}), "candidates")
def _(folder):
    halls = parcels([square(0, size=50.0), square(3, size=50.0)], storeys=[3.0, None]).drop(columns=["DLBM", "DLMC"])
    return city(folder, frames={"halls.gpkg": halls}, context={"buildings": "halls.gpkg"})


@TABLE(
    "GR7",
    "no storeys on any, written as words for nothing",
    Right(share=None, issues={"unknown_storeys": 2}),
    "candidates",
)
def _(folder):
    halls = parcels([square(0, size=50.0), square(3, size=50.0)], storeys=["无", "-"]).drop(columns=["DLBM", "DLMC"])
    return city(folder, frames={"halls.gpkg": halls}, context={"buildings": "halls.gpkg"})


@TABLE("GR7", "storeys no building has", Refused("storeys below 1", "halls.gpkg"), "candidates")
def _(folder):
    halls = parcels([square(0, size=50.0), square(3, size=50.0)], storeys=[0.0, None]).drop(columns=["DLBM", "DLMC"])
    return city(folder, frames={"halls.gpkg": halls}, context={"buildings": "halls.gpkg"})


# ---- GR8: a plot that is no industrial land ----


@TABLE("GR8", "a mine", Refused("not industrial land: its class is 0602 采矿用地", "parcels.gpkg"), "explain")
def _(folder):
    return city(folder), "p2"


@TABLE(
    "GR8",
    "housing, its code without the zero",
    Refused("not industrial land: its class is 0701 城镇住宅用地"),
    "explain",
)
def _(folder):
    return city(folder, frames={"parcels.gpkg": parcels(DLBM=["0601", "0602", "701", "0601"])}), "p3"


@TABLE("GR8", "numbers for ids", Refused("'3' is not industrial land: its class is 0701"), "explain")
def _(folder):
    return city(folder, frames={"parcels.gpkg": parcels(BSM=[1.0, 2.0, 3.0, 4.0])}), "3"


@TABLE("GR8", "rows without ids", Refused("'3' is not industrial land: its class is 0701"), "explain")
def _(folder):
    return city(folder, parcels={"columns": {"code": "DLBM", "name": "DLMC"}}), "3"


@TABLE("GR8", "a code nobody knows", Refused("not industrial land: its class is 9999"), "explain")
def _(folder):
    small = [square(0), square(1), square(2, size=10.0), square(3)]
    return city(folder, frames={"parcels.gpkg": parcels(small, DLBM=["0601", "0602", "9999", "0601"])}), "p3"


@TABLE("GR8", "a plot nobody has: the nearest are named", Refused("no plot 'p11'.*did you mean p1"), "explain")
def _(folder):
    return city(folder), "p11"


@TABLE("GR8", "a plot like no other", Refused("no plot 'zzzz'.*give the id of an industrial parcel"), "explain")
def _(folder):
    return city(folder), "zzzz"
