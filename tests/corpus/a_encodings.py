"""Table A: texts of shapefiles and of text tables (A1-A12, as they are read), and what a shapefile makes of blanks."""

import d_city
from a_files import TABLE, bureau, patch, said, shapefile
from corpus import Refused, Right, city, parcels, parks, square

#: Four bytes that are common Chinese in GB18030, and letters with accents in UTF-8.
DOUBTFUL = "煤媒"


# A1: no system


def without_prj(folder, name, frame):
    shapefile(folder, frame, name).with_suffix(".prj").unlink()
    return f"{name}.shp"


NO_SYSTEM = r'states no coordinate system -> .*crs = "EPSG:4549"'


@TABLE("A1", "parcels without a .prj", Refused(f"{NO_SYSTEM}.*its coordinates fit", file="parcels.shp"))
def _(folder):
    return city(folder, land=without_prj(folder, "parcels", parcels()))


@TABLE("A1", "parks without a .prj", Refused(NO_SYSTEM, file="parks.shp"))
def _(folder):
    return city(folder, sites=without_prj(folder, "parks", parks()))


@TABLE("A1", "without a .prj, stated in the study", Right(assumes="parcels.shp: states no .* EPSG:4549, as the study"))
def _(folder):
    return city(folder, land=without_prj(folder, "parcels", parcels()), parcels={"crs": "EPSG:4549"})


@TABLE("A1", "without a .prj, the next zone stated", Refused("parcels.*EPSG:4549"))
def _(folder):
    return city(folder, land=without_prj(folder, "parcels", parcels()), parcels={"crs": "EPSG:4548"})


def first_look(folder, *more):
    words = ["--parcels", folder / without_prj(folder, "parcels", parcels()), "--parks", folder / "parks.gpkg"]
    city(folder, land="parcels.shp")
    return (*words, "--code-column", "DLBM", "--classification", "third_survey", *more)


@TABLE("A1", "a first look without a .prj", Refused(NO_SYSTEM, file="parcels.shp"))
def _(folder):
    return first_look(folder)


@TABLE("A1", "an empty .prj", Refused(NO_SYSTEM, file="parcels.shp"))
def _(folder):
    path = shapefile(folder)
    path.with_suffix(".prj").write_text("")
    return city(folder, land=path.name)


@TABLE("A1", "a web page for a .prj", Refused("the .prj holds no coordinate system", file="parcels.shp"))
def _(folder):
    path = shapefile(folder)
    path.with_suffix(".prj").write_text("<html>404</html>")
    return city(folder, land=path.name)


# A2-A5: what is said of the texts, and what they are


@TABLE("A2", "GBK without a .cpg", Right(assumes="parcels.shp: no .cpg; its texts decode as gb18030"))
def _(folder):
    return bureau(folder)


@TABLE("A2", "UTF-8 without a .cpg", Right(assumes="parcels.shp: no .cpg; its texts decode as utf-8"))
def _(folder):
    return bureau(folder, "UTF-8")


@TABLE("A2", "GBK without a .cpg, the language byte that programs set by habit", Right(assumes="gb18030"))
def _(folder):
    return bureau(folder, language=0x57)


TIE = Refused("could be UTF-8 .*or GB18030 .*煤.*encoding = ", file="parcels.shp")


def doubtful(folder, **section):
    path = shapefile(folder, parcels(DLMC=[DOUBTFUL] * 4), encoding="GBK")
    said(path, None)
    section = {"where": {"DLMC": [DOUBTFUL]}, **section}
    return city(folder, land=path.name, parcels=section)


@TABLE("A2", "texts that could be either", TIE)
def _(folder):
    return doubtful(folder)


@TABLE("A2", "texts that could be either, stated", Right())
def _(folder):
    return doubtful(folder, encoding="gb18030")


@TABLE("A2", "texts in neither", Refused("neither UTF-8 nor GB18030.*encoding = ", file="parcels.shp"))
def _(folder):
    study = bureau(folder)
    dbf = folder / "parcels.dbf"
    dbf.write_bytes(dbf.read_bytes().replace("城镇".encode("gbk"), b"\xff\xff\xff\xff"))
    return study


@TABLE("A3", "GBK without a .cpg, language byte 0x4D", Right())
def _(folder):
    return bureau(folder, language=0x4D)


@TABLE("A3", "UTF-8 without a .cpg, language byte 0x4D", Right(assumes="utf-8"))
def _(folder):
    return bureau(folder, "UTF-8", language=0x4D)


@TABLE(
    "A4", "GBK called UTF-8", Refused('.cpg says its texts are utf-8, and they are gb18030 -> .*"gb18030"', "parcels")
)
def _(folder):
    return bureau(folder, cpg="UTF-8")


@TABLE("A4", "GBK called UTF-8, the study knows better", Right(assumes="cpg says utf-8; read as gb18030, as the study"))
def _(folder):
    return bureau(folder, cpg="UTF-8", encoding="gb18030")


@TABLE("A4", "GBK called UTF-8 by the study", Refused("the study says its texts are utf-8, and they are gb18030"))
def _(folder):
    return bureau(folder, encoding="utf-8")


@TABLE("A4", "UTF-8 called GBK", Refused(".cpg says its texts are gb18030, and they are utf-8", file="parcels.shp"))
def _(folder):
    return bureau(folder, "UTF-8", cpg="GBK")


@TABLE("A4", "parks in GBK called UTF-8", Refused("they are gb18030", file="parks.shp"))
def _(folder):
    said(shapefile(folder, parks(name=["示例园"] * 2), "parks", "GBK"), "UTF-8")
    return city(folder, sites="parks.shp")


@TABLE("A5", "GBK called OEM", Right(assumes="its .cpg names no encoding; its texts decode as gb18030"))
def _(folder):
    return bureau(folder, cpg="OEM")


@TABLE("A5", "an empty .cpg", Right(assumes="its .cpg names no encoding; its texts decode as gb18030"))
def _(folder):
    return bureau(folder, cpg="")


for _name in ("ISO-8859-1", "ANSI 1252", "437"):

    @TABLE("A5", f"GBK called {_name}", Refused(r"says its texts are [\w-]+, and they are gb18030", file="parcels.shp"))
    def _(folder, name=_name):
        return bureau(folder, cpg=name)


for _byte in (0x01, 0x03, 0x65):

    @TABLE("A5", f"GBK under language byte {_byte:#x}", Right(assumes="gb18030"))
    def _(folder, byte=_byte):
        return bureau(folder, language=byte)


for _name in ("GBK", "GB2312", "936", "ANSI 936", "GB18030"):

    @TABLE("A5", f"GBK called {_name}", Right())
    def _(folder, name=_name):
        return bureau(folder, cpg=name)


# A6: text tables


for _encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):

    @TABLE("A6", f"an enterprise table in {_encoding}", d_city.right(), command="candidates")
    def _(folder, encoding=_encoding):
        return d_city.text(folder, d_city.csv(), encoding)


def garbled(text):
    """What a program makes of UTF-8 that it takes for GBK."""
    return text.encode().decode("gb18030", "replace")


@TABLE(
    "A6",
    "UTF-8 once read as GBK and saved so",
    Refused("UTF-8 once read as GBK.*the file it was made from", file="firms.csv"),
    command="candidates",
)
def _(folder):
    return d_city.text(folder, garbled(d_city.csv()))


@TABLE("A6", "the same, saved as GBK", Refused("UTF-8", file="firms.csv"), command="candidates")
def _(folder):
    return d_city.text(folder, garbled(d_city.csv()).replace("\ufffd", ""), "gb18030")


@TABLE("A6", "one broken character in UTF-8", Refused("broken characters", "firms.csv", ("2",)), command="candidates")
def _(folder):
    return d_city.text(folder, d_city.csv().encode().replace("甲".encode(), "甲".encode()[:2]))


@TABLE("A6", "UTF-16 without its mark", Refused("zero bytes", file="firms.csv"), command="candidates")
def _(folder):
    return d_city.text(folder, d_city.csv(), "utf-16-le")


@TABLE("A6", "parcels in UTF-8 once read as GBK", Refused("no column '编号'", file="parcels.gpkg"))
def _(folder):
    names = {"BSM": garbled("编号"), "DLBM": garbled("地类编码"), "DLMC": "地类名称"}
    section = {"columns": {"id": "编号", "code": "地类编码"}}
    return city(folder, frames={"parcels.gpkg": parcels().rename(columns=names)}, parcels=section)


# A7, A8: characters beyond GBK


def named(names):
    def check(outcome):
        assert [p["name"] for p in outcome.answer["parks"]] == names, outcome.answer["parks"]

    return Right(check=check)


def park_of(folder, name, encoding, cpg):
    said(shapefile(folder, parks(name=[name] * 2), "parks", encoding), cpg)
    return city(folder, sites="parks.shp", parks={"columns": {"id": "park_id", "name": "name", "block": "block"}})


for _cpg in ("GBK", "GB2312", "936", "GB18030", None):

    @TABLE("A7", f"䶮 and 𠮷, the .cpg {_cpg}", named(["𠮷䶮厂"]))
    def _(folder, cpg=_cpg):
        return park_of(folder, "𠮷䶮厂", "GB18030", cpg)


# A9: texts that fill their field


@TABLE("A9", "a Chinese text of 254 bytes, its last character cut", named(["厂" * 84]))
def _(folder):
    path = shapefile(folder, parks(name=["厂" * 84 + "ab"] * 2), "parks", "UTF-8")
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace(b"ab", "厂".encode()[:2]))
    return city(folder, sites="parks.shp", parks={"columns": {"id": "park_id", "name": "name", "block": "block"}})


# A10-A12: names of fields, as other programs cut them

LONG = {"BSM": "土地利用现状编号", "DLBM": "土地利用现状分类编码", "DLMC": "土地利用现状分类名称"}


def long_names(folder, encoding, names=LONG, **columns):
    path = shapefile(folder, parcels().rename(columns=names), encoding=encoding)
    return city(folder, land=path.name, parcels={"columns": columns})


@TABLE(
    "A10", "the long name, and GBK cut it", Refused("no column '土地利用现状分类编码'.*土地利用_1", file="parcels.shp")
)
def _(folder):
    return long_names(folder, "GBK", code=LONG["DLBM"])


@TABLE("A10", "the name as GBK cut it", Right())
def _(folder):
    return long_names(folder, "GBK", id="土地利用现", code="土地利用_1")


@TABLE(
    "A11",
    "names that UTF-8 cut within a character",
    Refused("column names were cut within a character.*GeoPackage", file="parcels.shp"),
)
def _(folder):
    return long_names(folder, "UTF-8", code=LONG["DLBM"])


@TABLE("A11", "a last name that UTF-8 cut within a character", Right())
def _(folder):
    return long_names(folder, "UTF-8", {"BSM": LONG["BSM"]}, id="土地利", code="DLBM")


TWO = {"DLBM": "industrial_area", "DLMC": "industrial_area_mu"}


@TABLE("A12", "the long name of two", Refused("no column 'industrial_area'.*did you mean 'industrial'", "parcels.shp"))
def _(folder):
    return long_names(folder, "UTF-8", TWO, code="industrial_area")


@TABLE("A12", "the name as it was cut", Right())
def _(folder):
    return long_names(folder, "UTF-8", TWO, code="industrial")


@TABLE("A12", "two fields of one name", Refused("2 columns are called 'DLBM'", file="parcels.shp"))
def _(folder):
    path = shapefile(folder)
    patch(path.with_suffix(".dbf"), 32 * 3, b"DLBM\0")
    return city(folder, land=path.name)


# A38: blanks


@TABLE("A38", "ids of blanks and of nothing", Right(issues={"missing_id": 1}))
def _(folder):
    return city(folder, land=shapefile(folder, parcels(BSM=["p1", "", "   ", "p4"])).name)


@TABLE("A38", "a code of blanks", Refused("code", "parcels.shp", ("p4",)))
def _(folder):
    return city(folder, land=shapefile(folder, parcels(DLBM=["0601", "0602", "0701", "  "])).name)


@TABLE("A38", "names of nothing", Right())
def _(folder):
    return city(folder, land=shapefile(folder, parcels(DLMC=[""] * 4)).name)


@TABLE("A38", "a park of nothing", Refused("park without an id.*park_id", "parks.shp", ("2",)))
def _(folder):
    return city(folder, sites=shapefile(folder, parks(park_id=["K1", " "]), "parks").name)


@TABLE("A38", "a level of blanks", Refused("unknown park level ''", "parks.shp", ("K1",)))
def _(folder):
    section = {"columns": {"id": "park_id", "block": "block", "level": "level"}}
    return city(folder, sites=shapefile(folder, parks(level=["", "  "]), "parks").name, parks=section)


for _ending in ("shp", "gpkg", "parquet"):

    @TABLE("A38", f"a filter on blank cells, .{_ending}", Right())
    def _(folder, ending=_ending):
        shapes = [*(square(k) for k in range(4)), square(9)]
        frame = parcels(shapes, DLBM=["0601", "0602", "0701", "0601", "0601"], DLMC=[""] * 5, note=[""] * 4 + [PLAN])
        if ending == "shp":
            shapefile(folder, frame)
        name = f"parcels.{ending}"
        return city(folder, land=name, frames={name: frame}, parcels={"where": {"note": [""]}})


PLAN = "planned"
