"""Table A: what a run writes for other programs (A8-A12, A36, A37, A39, A40), read back by a library not its own."""

import csv
import datetime as dt

import d_city
import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from a_files import TABLE
from corpus import CRS, Refused, Right, city, parcels, parks

from landuse.report.layers.exports import FIELD_TABLE

#: A run of which the layers alone are looked at.
RUN = {"command": "run", "deliver": ("layers",)}
COLUMNS = {"columns": {"id": "park_id", "name": "name", "block": "block"}}


def exported(folder, *formats, name="示例园", **frames):
    """A run of the toy city, its park called by a name, and the formats asked for."""
    the = city(folder, frames={"parks.gpkg": parks(name=[name] * 2), **frames}, parks=COLUMNS)
    return the, *(word for form in formats for word in ("--also", form))


def layers(outcome, form=""):
    """The file or folder of the layers in a format, the GeoPackage without one."""
    names = {"": "study.gpkg", "gdb": "study.gdb"}
    return outcome.out / "layers" / names.get(form, f"study-{form}")


def park_names(outcome, form=""):
    path = layers(outcome, form)
    frame = pyogrio.read_dataframe(path / "parks.shp") if "shp" in form else pyogrio.read_dataframe(path, layer="parks")
    return frame["park_name"].tolist()


def comes_back(name, *forms):
    """The name is whole in each format and in the GeoPackage."""

    def check(outcome):
        for form in ("", *forms):
            assert park_names(outcome, form) == [name] * 2, form

    return Right(check=check)


# A8, A9: texts


@TABLE(
    "A8",
    "characters beyond GBK, to shapefiles in GBK",
    Refused("park_name holds characters that GBK has not: 𠮷䶮 -> .*GeoPackage, .*UTF-8", "study-shp-gbk", ("K1",)),
    **RUN,
)
def _(folder):
    return exported(folder, "shp-gbk", name="𠮷䶮厂")


@TABLE(
    "A8",
    "an id beyond GBK, to shapefiles in GBK",
    Refused("column parcel_id holds characters that GBK has not: 𠮷 -> .*UTF-8", "study-shp-gbk", ("𠮷4",)),
    **RUN,
)
def _(folder):
    return exported(folder, "shp-gbk", **{"parcels.gpkg": parcels(BSM=["p1", "p2", "p3", "𠮷4"])})


@TABLE("A8", "characters beyond GBK, to the others", comes_back("𠮷䶮厂€☃", "shp-utf8", "gdb"), **RUN)
def _(folder):
    return exported(folder, "shp-utf8", "gdb", name="𠮷䶮厂€☃")


for _form, _letters in (("shp-gbk", 130), ("shp-gbk", 128), ("shp-utf8", 85)):

    @TABLE(
        "A9",
        f"a name of {_letters} characters, {_form}",
        Refused("column park_name holds texts longer than 254 bytes -> take the GeoPackage", f"study-{_form}", ("K1",)),
        **RUN,
    )
    def _(folder, form=_form, letters=_letters):
        return exported(folder, form, name="厂" * letters)


for _form, _letters in (("shp-gbk", 127), ("shp-utf8", 84), ("gdb", 130)):

    @TABLE("A9", f"a name of {_letters} characters, {_form}", comes_back("厂" * _letters, _form), **RUN)
    def _(folder, form=_form, letters=_letters):
        return exported(folder, form, name="厂" * letters)


# A10-A12: names of fields


def fields(path, layer=None):
    return pyogrio.read_info(path, layer=layer)["fields"].tolist()


def names_are_told(form, encoding):
    """Every field's name is whole, there once, and beside the file it says which column of the GeoPackage it is."""

    def check(outcome):
        folder = layers(outcome, form)
        _head, *rows = csv.reader((folder / FIELD_TABLE).read_text(encoding="utf-8-sig").splitlines())
        files = [p for p in folder.iterdir() if p.suffix == ".dbf"]
        assert {p.stem for p in files} == {row[0] for row in rows}
        for path in files:
            shapes = path.with_suffix(".shp")
            told = {row[1]: row[2] for row in rows if row[0] == path.stem}
            assert list(told) == fields(shapes if shapes.exists() else path), path
            assert list(told.values()) == fields(layers(outcome), path.stem), path
            assert len({name.lower() for name in told}) == len(told), path
            assert all(len(name.encode(encoding)) <= 10 for name in told), path
        assert all(row[3] for row in rows)
        cut = {row[1]: row[2] for row in rows if row[0] == "ledger" and row[1] != row[2]}
        assert {"registered_m2", "registered_stated_m2"} <= set(cut.values()), cut

    return Right(check=check)


for _row, _what in (
    ("A10", "long names of fields"),
    ("A11", "names that read back"),
    ("A12", "names that begin alike"),
):
    for _form, _encoding in (("shp-gbk", "gbk"), ("shp-utf8", "utf-8")):

        @TABLE(_row, f"{_what}, {_form}", names_are_told(_form, _encoding), **RUN)
        def _(folder, form=_form):
            return exported(folder, form)


# A36, A37: what was there before


def old_system_is_gone(outcome):
    folder = layers(outcome, "shp-utf8")
    assert not (folder / "ledger.qix").exists()
    assert not (folder / "old.shp").exists()
    for path in folder.glob("*.shp"):
        assert pyogrio.read_info(path)["crs"] == CRS, path


@TABLE("A36", "shapefiles over older ones in another system", Right(check=old_system_is_gone), **RUN)
def _(folder):
    stale = folder / "out/layers/study-shp-utf8"
    stale.mkdir(parents=True)
    for name in ("ledger", "parks", "faces", "old"):
        gpd.GeoDataFrame({"x": [1]}, geometry=[shapely.Point(0, 0)], crs=4326).to_file(stale / f"{name}.shp")
    (stale / "ledger.qix").write_text("an index of other shapes")
    return exported(folder, "shp-utf8")


def only_this_runs_layers(form):
    def check(outcome):
        names = [name for name, _kind in pyogrio.list_layers(layers(outcome, form))]
        assert names[0] == "ledger", names
        assert "old" not in names, names

    return Right(check=check)


for _form, _driver in (("", "GPKG"), ("gdb", "OpenFileGDB")):

    @TABLE("A37", f"over an older {_driver} with another layer", only_this_runs_layers(_form), **RUN)
    def _(folder, form=_form, driver=_driver):
        stale = folder / "out/layers" / ("study.gdb" if form else "study.gpkg")
        stale.parent.mkdir(parents=True)
        frame = gpd.GeoDataFrame({"x": ["old"]}, geometry=[shapely.Point(0, 0)], crs=4326)
        pyogrio.write_dataframe(frame, stale, layer="old", driver=driver)
        return exported(folder, *([form] if form else []))


# A39, A40: dates and numbers


def dates_are_iso(forms, expected):
    def check(outcome):
        for form in forms:
            path = layers(outcome, form)
            ledger = pyogrio.read_dataframe(path / "ledger.shp" if "shp" in form else path, layer="ledger")
            assert sorted(set(ledger["parcel_id"])) == expected, ledger["parcel_id"]

    return Right(check=check)


@TABLE(
    "A39",
    "days as ids",
    dates_are_iso(("", "gdb", "shp-utf8"), ["2024-01-01", "2024-01-02", "2024-01-04"]),
    **RUN,
)
def _(folder):
    days = [dt.date(2024, 1, k) for k in (1, 2, 3, 4)]
    return exported(folder, "gdb", "shp-utf8", **{"parcels.gpkg": parcels(BSM=days)})


@TABLE(
    "A39",
    "times as ids",
    dates_are_iso(("", "shp-gbk"), [f"2024-01-0{k} 03:04:05+00:00" for k in (1, 2, 4)]),
    **RUN,
)
def _(folder):
    times = pd.to_datetime([f"2024-01-0{k} 03:04:05" for k in (1, 2, 3, 4)])
    return exported(folder, "shp-gbk", **{"parcels.gpkg": parcels(BSM=times)})


def areas_come_back(*forms):
    def check(outcome):
        whole = pyogrio.read_dataframe(layers(outcome), layer="ledger")
        for form in forms:
            back = pyogrio.read_dataframe(layers(outcome, form) / "ledger.shp")
            for short, column in (("planar_m2", "planar_m2"), ("ellips_m2", "ellipsoidal_m2")):
                assert back[short].tolist() == whole[column].tolist(), (form, column)

    return Right(check=check)


@TABLE("A40", "areas to shapefiles, to the last digit", areas_come_back("shp-gbk", "shp-utf8"), **RUN)
def _(folder):
    return exported(folder, "shp-gbk", "shp-utf8")


for _form in ("shp-gbk", "shp-utf8", "gdb"):

    @TABLE(
        "A40",
        f"a tax of -1e25, {_form}",
        Refused("column tax_per_mu holds numbers this format cannot: -6.6.*e.27 -> take the GeoPackage", rows=("q1",)),
        **RUN,
    )
    def _(folder, form=_form):
        rows = [(*d_city.ROWS[0][:5], -1e25), d_city.ROWS[1]]
        return d_city.sheet(folder, rows), "--also", form


@TABLE("A40", "a stated area of 1e300", Refused("stated areas that no parcel has", "parcels.gpkg", ("p1",)))
def _(folder):
    return city(
        folder,
        frames={"parcels.gpkg": parcels(mj=[1e300, 1.0, 1.0, 1e4])},
        parcels={"columns": {"id": "BSM", "code": "DLBM", "area": "mj"}},
        definition={"area": "registered"},
    )
