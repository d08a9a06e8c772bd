"""Table G: files as services, spreadsheets and other programs leave them, and the study file itself."""

import json
import re
import zipfile

import openpyxl
import shapely
from a_files import drawn, geojson
from corpus import EAST, NORTH, Refused, Right, Table, city, parcels, parks, square, write
from d_city import HEAD, ROWS, joined, right, sheet, text

TABLE = Table()


def case(row, what, must):
    return TABLE(row, what, must, command="candidates")


# G1: what a file says of the rest of the layer

PART = "a part of a layer.*page by page"
PAGED = {
    "the limit of the service was exceeded": {"exceededTransferLimit": True},
    "the same, below properties": {"properties": {"exceededTransferLimit": True}},
    "more matched than returned": {"numberMatched": 9, "numberReturned": 4},
    "more features than there are": {"totalFeatures": 5},
    "fewer than were returned": {"numberReturned": 5},
    "a number as text": {"numberMatched": "4000", "numberReturned": "4"},
    "a count in a context": {"context": {"matched": 12, "returned": 4}},
    "a link to the next page": {"links": [{"rel": "self", "href": "x"}, {"rel": "next", "href": "y?startIndex=4"}]},
    "a link to the page before": {"links": [{"rel": "prev", "href": "y?startIndex=0"}]},
    "a next page of its own": {"count": 9, "next": "https://example.invalid/p?page=2", "previous": None},
    "a next page, its total unknown": {
        "numberMatched": "unknown",
        "numberReturned": 4,
        "links": [{"rel": "next", "href": "y"}],
    },
}
WHOLE = {
    "a limit that was not exceeded": {"exceededTransferLimit": False},
    "all matched are returned": {"numberMatched": 4, "numberReturned": 4, "links": [{"rel": "next", "href": "y"}]},
    "an unknown total": {"totalFeatures": "unknown", "links": [{"rel": "self", "href": "x"}, {"rel": "collection"}]},
    "no next page": {"next": None, "previous": None},
}
for _what, _members in PAGED.items():

    @TABLE("G1", _what, Refused(PART, file="parcels.geojson"))
    def _(folder, members=_members):
        return drawn(folder, lambda whole: whole.update(members))


for _what, _members in WHOLE.items():

    @TABLE("G1", _what, Right())
    def _(folder, members=_members):
        return drawn(folder, lambda whole: whole.update(members))


@TABLE("G1", "pages put into one, the head of the first kept", Right(assumes="says it holds 2 features, and holds 4"))
def _(folder):
    return drawn(folder, lambda whole: whole.update(numberMatched=2, numberReturned=2))


@TABLE("G1", "properties of a feature that read like a page", Right())
def _(folder):
    def edit(whole):
        for feature in whole["features"]:
            feature["properties"] |= {"matched": 99, "next": "a/b"}

    return drawn(folder, edit)


# G2: hidden rows, columns and sheets


def opened(folder, edit, rows=ROWS, **options):
    """A workbook that is opened once more and changed, and the study on it."""
    the = sheet(folder, rows, **options)
    book = openpyxl.load_workbook(folder / "firms.xlsx")
    edit(book, book["企业"])
    book.save(folder / "firms.xlsx")
    return the


def told(check, says, must):
    """A case that says of a check what its line holds."""

    def also(outcome):
        must.check(outcome)
        action = next(q["action"] for q in outcome.answer["quality"] if q["check"] == check)
        assert says in action, action

    return Right(share=None, issues=must.issues, check=also)


def last_year(*more):
    return [*ROWS, *((*row[:3], 2023, 15, 999) for row in ROWS), *more]


@case(
    "G2",
    "rows hidden by hand",
    told("hidden_rows", "firms.xlsx:企业: rows 4-5:", right(25_980_000.0, plots=0, issues={"hidden_rows": 2})),
)
def _(folder):
    def hide(_book, page):
        for row in (4, 5):
            page.row_dimensions[row].hidden = True

    return opened(folder, hide, last_year())


@case("G2", "a filter that hides one row", right(issues={"hidden_rows": 1, "active_filter": 1}))
def _(folder):
    def hide(_book, page):
        page.auto_filter.ref = "A1:F3"
        page.auto_filter.add_filter_column(3, ["2025"])
        page.row_dimensions[3].hidden = True

    return opened(folder, hide)


@case("G2", "rows without a height", right(issues={"hidden_rows": 1}))
def _(folder):
    the = sheet(folder, ROWS)
    with zipfile.ZipFile(folder / "firms.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(folder / "firms.xlsx", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data.replace(b'<row r="2"', b'<row r="2" ht="0" customHeight="1"'))
    return the


@case("G2", "a column that is used", told("hidden_columns", "税收", right(issues={"hidden_columns": 1})))
def _(folder):
    def hide(_book, page):
        page.column_dimensions["F"].hidden = True

    return opened(folder, hide)


@case("G2", "the sheet itself", right(issues={"hidden_sheet": 1}))
def _(folder):
    def hide(book, page):
        book.create_sheet("说明")
        page.sheet_state = "hidden"

    return opened(folder, hide)


def nothing_hidden(outcome):
    joined(6_000_000.0)(outcome)
    assert not [q for q in outcome.answer["quality"] if "hidden" in q["check"] or "filter" in q["check"]]


@case("G2", "a column that is not used, and a filter that is off", Right(share=None, check=nothing_hidden))
def _(folder):
    def hide(_book, page):
        page["H1"] = "备注"
        page.column_dimensions["H"].hidden = True
        page.auto_filter.ref = "A1:F3"

    return opened(folder, hide)


@TABLE("G2", "rows of a table of exceptions", Right(share=None, issues={"hidden_rows": 1}), command="check")
def _(folder):
    write(parcels(), folder / "earlier.gpkg")
    book = openpyxl.Workbook()
    for row in (("plot", "document"), ("p1", "文 1"), ("p4", "文 2")):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.save(folder / "exceptions.xlsx")
    the = city(folder, exceptions={"path": "exceptions.xlsx"})
    snapshot = '[[snapshots]]\ndate = 2024-12-31\nparcels = "earlier.gpkg"\n'
    the.write_text(the.read_text(encoding="utf-8").replace('lang = "en"', 'lang = "en"\ndate = 2025-12-31') + snapshot)
    return the


# G3: formats

PLACEMARK = "<Placemark><name>{name}</name><ExtendedData>{data}</ExtendedData>{shape}</Placemark>"
RING = "<LinearRing><coordinates>{}</coordinates></LinearRing>"


def ring(shape):
    return RING.format(" ".join(f"{x!r},{y!r},0" for x, y in shape.coords))


def polygon(shape):
    inner = "".join(f"<innerBoundaryIs>{ring(x)}</innerBoundaryIs>" for x in shape.interiors)
    return f"<Polygon>{inner}<outerBoundaryIs>{ring(shape.exterior)}</outerBoundaryIs></Polygon>"


def kml(folder, name="parks.kml", edit=None, prefix="", encoding="utf-8", frame=None):
    """The parks as KML; `edit` changes its text."""
    frame = (parks() if frame is None else frame).to_crs(4326)
    rows = [
        PLACEMARK.format(
            name=f"示例园{k}",
            data=f'<Data name="park_id"><value>{row.park_id}</value></Data>'
            f'<SchemaData><SimpleData name="block">{row.block}</SimpleData></SchemaData>',
            shape="<MultiGeometry>" + "".join(map(polygon, shapely.get_parts(row.geometry))) + "</MultiGeometry>",
        )
        for k, row in enumerate(frame.itertuples())
    ]
    body = f"<Folder><name>园区</name>{''.join(rows)}</Folder>"
    whole = f'<?xml version="1.0" encoding="{encoding}"?>\n<kml><Document><name>a</name>{body}</Document></kml>'
    whole = edit(whole) if edit else whole
    if prefix:
        whole = whole.replace("</", "<\0").replace("<", f"<{prefix}:").replace(f"<{prefix}:\0", f"</{prefix}:")
        whole = whole.replace(f"<{prefix}:?", "<?").replace(
            "<k:kml", f'<k:kml xmlns:{prefix}="http://www.opengis.net/kml/2.2"'
        )
    data = whole.encode(encoding)
    if name.endswith(".kmz"):
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("doc.kml", data)
            archive.writestr("files/icon.png", b"x")
    else:
        (folder / name).write_bytes(data)
    return city(folder, sites=name)


def close(outcome):
    """Degrees and back cost less than a tenth of a millimetre on a hundred metres."""
    assert abs(outcome.answer["city"]["share"] - 0.75) < 1e-6, outcome.answer["city"]


NEAR = Right(share=None, check=close)
KMLS = {
    "KML": {},
    "KMZ": {"name": "parks.kmz"},
    "KML in GBK": {"encoding": "gbk"},
    "KML in UTF-16": {"encoding": "utf-16"},
    "KML of prefixed tags": {"prefix": "k"},
    "KML with a second layer": {
        "edit": lambda whole: whole.replace("</Document>", "<Folder><name>b</name></Folder></Document>")
    },
}
for _what, _options in KMLS.items():

    @TABLE("G3", _what, NEAR)
    def _(folder, options=_options):
        return kml(folder, **options)


@TABLE("G3", "KML: a hole is no park", Right(share=None, check=lambda outcome: _half(outcome)))
def _(folder):
    holed = shapely.box(EAST - 10, NORTH - 10, EAST + 410, NORTH + 110) - shapely.box(
        EAST - 1, NORTH - 1, EAST + 301, NORTH + 101
    )
    return kml(folder, frame=parks([holed]))


def _half(outcome):
    assert abs(outcome.answer["city"]["share"] - 0.495) < 1e-4, outcome.answer["city"]


KML_REFUSED = {
    "KML that links elsewhere": (
        "links to other files.*GeoPackage",
        lambda whole: whole.replace("<Folder>", "<NetworkLink><Link><href>b.kml</href></Link></NetworkLink><Folder>"),
    ),
    "KML of two layers": (
        'holds 2 layers -> add layer = "…", one of 园区, 规划',
        lambda whole: whole.replace("</Document>", "<Folder><name>规划</name><Placemark/></Folder></Document>"),
    ),
    "KML without a placemark": ("no placemark", lambda whole: whole[: whole.index("<Folder>")] + "</Document></kml>"),
    "KML that declares a type": (
        "its content is XML",
        lambda whole: whole.replace("<kml>", "<!DOCTYPE kml [<!ENTITY a 'b'>]><kml>"),
    ),
    "KML cut off": ("cannot be read", lambda whole: whole[:-60]),
    "KML with one key twice": (
        "the key 'park_id' stands twice",
        lambda whole: whole.replace("<SchemaData>", '<SchemaData><SimpleData name="park_id">K9</SimpleData>', 1),
    ),
    "KML in metres": ("these are no degrees", lambda whole: re.sub(r"(\d+\.\d+,)", r"5\1", whole)),
}
for _what, (_says, _edit) in KML_REFUSED.items():

    @TABLE("G3", _what, Refused(_says, file="parks.kml"))
    def _(folder, edit=_edit):
        return kml(folder, edit=edit)


@TABLE("G3", "KML of two layers, one named", NEAR)
def _(folder):
    the = kml(folder, edit=KML_REFUSED["KML of two layers"][1])
    return city(folder, sites="parks.kml", parks={"layer": "园区"}) if the else the


@TABLE("G3", "a KMZ of two documents", Refused("KMZ of 2 KML files.*unpack it, and give the .kml", file="parks.kmz"))
def _(folder):
    the = kml(folder, "parks.kmz")
    with zipfile.ZipFile(folder / "parks.kmz", "a") as archive:
        archive.writestr("other.kml", "<kml/>")
    return the


OTHERS = {
    "parcels.dxf": "closed lines.*GeoPackage",
    "parcels.tab": "QGIS.*GeoPackage",
    "parcels.mif": "QGIS.*GeoPackage",
    "parcels.gml": "QGIS.*GeoPackage",
    "parcels.dbf": "give the .shp",
    "parcels.zip": "unpack it, and give the layer in it.*GeoPackage",
    "parcels.rar": "unpack it, and give the layer in it.*GeoPackage",
}
for _name, _says in OTHERS.items():

    @TABLE("G3", f"a file called {_name}", Refused(_says, file=_name))
    def _(folder, name=_name):
        (folder / name).write_bytes(b"PK\x03\x04" if name.endswith("zip") else b"x")
        return city(folder, land=name, frames={name: None})


# G4: boundary points

POINTS = """[属性描述]
格式版本号=1.01版本
坐标系={system}
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=40
精度=0.001
转换参数=0,0,0,0,0,0,0
[地块坐标]
"""


def points(
    folder, shapes=None, system="2000国家大地坐标系", prefix=40_000_000, encoding="gbk", off=0, accept=(), **section
):
    """Parks as a list of boundary points; rings are closed and wound as surveyors please."""
    shapes = list(parks().geometry) if shapes is None else shapes
    body = POINTS.format(system=system)
    for k, shape in enumerate(shapes):
        rings = [shape.exterior, *shape.interiors]
        n = sum(len(x.coords) for x in rings)
        body += f"{n + off},1.0,{k},示例园{k},面,,工业,,@\n"
        for number, one in enumerate(rings, 1):
            body += "".join(f"J{j},{number},{y:.3f},{x + prefix:.3f}\n" for j, (x, y) in enumerate(one.coords))
    (folder / "parks.txt").write_bytes(body.encode(encoding))
    columns = {"id": "地块编号", "name": "地块名称"}
    return city(folder, sites="parks.txt", parks={"columns": columns, **section}, study={"accept": list(accept)})


@TABLE("G4", "boundary points with the zone's number", Right())
def _(folder):
    return points(folder)


@TABLE("G4", "boundary points without it, in UTF-8", Right())
def _(folder):
    return points(folder, prefix=0, encoding="utf-8")


@TABLE("G4", "a second ring is a hole", Right(share=0.5))
def _(folder):
    return points(
        folder, [shapely.box(EAST, NORTH, EAST + 400, NORTH + 100) - square(3), square(9)], accept=["parks_astray"]
    )


@TABLE(
    "G4", "fewer points than it says", Refused("another number of points than they say: 15, 5", "parks.txt", ("1", "2"))
)
def _(folder):
    return points(folder, off=10)


@TABLE("G4", "boundary points in Xian 80", Refused("states no coordinate system", file="parks.txt"))
def _(folder):
    return points(folder, system="80国家大地坐标系")


@TABLE("G4", "a text that is no list of points", Refused("no list of boundary points", file="parks.txt"))
def _(folder):
    (folder / "parks.txt").write_text("园区,面积\n甲,1\n", encoding="utf-8")
    return city(folder, sites="parks.txt", frames={"parks.txt": None})


# G5: JSON of other kinds

for _mark, _name in (("", "parcels.geojsonl"), ("", "parcels.json"), ("\x1e", "parcels.geojsons"), ("", "a.ndjson")):

    @TABLE("G5", f"a feature a line, {_name}{' with marks' * bool(_mark)}", NEAR)
    def _(folder, mark=_mark, name=_name):
        def edit(whole):
            return lambda _text: "".join(f"{mark}{json.dumps(feature)}\n" for feature in whole["features"])

        path = geojson(folder, edit, name=name, frame=parcels().to_crs(4326))
        return city(folder, land=path.name, study={"crs": "EPSG:4549"})


@TABLE("G5", "a feature a line, one of them broken", Refused("not JSON", "parcels.ndjson", ("3",)))
def _(folder):
    def edit(whole):
        lines = [json.dumps(feature) for feature in whole["features"]]
        return lambda _text: "\n".join([*lines[:2], lines[2][:-5], lines[3]])

    return city(folder, land=geojson(folder, edit, name="parcels.ndjson").name)


def arcgis(whole):
    features = [
        {"attributes": f["properties"], "geometry": {"rings": f["geometry"]["coordinates"]}} for f in whole["features"]
    ]
    kind = {"geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 4549}}
    return lambda _text: json.dumps({**kind, "features": features})


def arcgis_first(whole):
    turned = json.loads(arcgis(whole)(""))
    return lambda _text: json.dumps({"features": turned["features"], "exceededTransferLimit": True})


def arcgis_empty(_whole):
    return lambda _text: json.dumps({"geometryType": "esriGeometryPolygon", "features": []})


for _what, _edit in {"as a service gives it": arcgis, "features first": arcgis_first, "empty": arcgis_empty}.items():

    @TABLE("G5", f"ArcGIS JSON, {_what}", Refused("ArcGIS JSON.*f=geojson.*GeoPackage", file="parcels.json"))
    def _(folder, edit=_edit):
        return city(folder, land=geojson(folder, edit, name="parcels.json").name)


# G6: Parquet in parts


def parted(folder, name="parcels.parquet", files=("part-0.parquet", "part-1.parquet"), edit=None):
    """The four parcels in a folder of files; `edit` changes the frames."""
    frame = parcels()
    cut = [frame.iloc[: 4 - len(files) + 1], *(frame.iloc[[k]] for k in range(4 - len(files) + 1, 4))]
    for k, (file, part) in enumerate(zip(files, cut, strict=True)):
        path = folder / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        write(edit(k, part) if edit else part, path)
    return city(folder, land=name)


@TABLE("G6", "a folder of two parts", Right())
def _(folder):
    return parted(folder)


@TABLE("G6", "a folder without an ending, and notes of its writer", Right())
def _(folder):
    the = parted(folder, "parcels")
    (folder / "parcels" / "_SUCCESS").write_bytes(b"")
    (folder / "parcels" / ".part-0.parquet.crc").write_bytes(b"x")
    return the


@TABLE("G6", "parts by district, whose name is the folder's", Right(check=lambda outcome: _districts(outcome)))
def _(folder):
    parted(folder, files=("qu=330102/a.parquet", "qu=330103/a.parquet"))
    columns = {"id": "BSM", "code": "DLBM", "name": "DLMC", "district": "qu"}
    return city(folder, land="parcels.parquet", parcels={"columns": columns})


def _districts(outcome):
    assert {d["code"]: d["share"] for d in outcome.answer["districts"]} == {"330102": 1.0, "330103": 0.5}


@TABLE("G6", "a part of them named itself", Refused("one of 2 parts.*give the folder, parcels.parquet"))
def _(folder):
    parted(folder)
    return city(folder, land="parcels.parquet/part-1.parquet")


@TABLE("G6", "a part below a folder of a district", Refused("one of 2 parts.*give the folder, land"))
def _(folder):
    parted(folder, "land", files=("qu=1/a.parquet", "qu=2/a.parquet"))
    return city(folder, land="land/qu=1/a.parquet")


@TABLE("G6", "a part beside the parks", Refused("one of 2 parts.*a folder of their own"))
def _(folder):
    parted(folder, ".", files=("part.0.parquet", "part.1.parquet"))
    return city(folder, land="part.0.parquet", sites="parks.parquet")


@TABLE("G6", "parts of different columns", Refused("differ from those of part-0.parquet", file="parcels.parquet"))
def _(folder):
    return parted(folder, edit=lambda k, part: part.rename(columns={"DLMC": "x"}) if k else part)


@TABLE("G6", "parts of different systems", Refused("differ from those of part-0.parquet", file="parcels.parquet"))
def _(folder):
    return parted(folder, edit=lambda k, part: part.to_crs(4490) if k else part)


@TABLE("G6", "a table whose log says which parts count", Refused("_delta_log beside them.*one .parquet file"))
def _(folder):
    the = parted(folder)
    (folder / "parcels.parquet" / "_delta_log").mkdir()
    return the


_NO_LAYER = "not what its ending says|its content is not a layer"


@TABLE("G6", "a part that is none", Refused(_NO_LAYER, file="parcels.parquet"))
def _(folder):
    the = parted(folder)
    (folder / "parcels.parquet" / "part-2.parquet").write_text("x", encoding="utf-8")
    return the


# G7: units, headings and totals of tables


@case("G7", "tax in 千元 by its heading", right(assumes="税收 is in 千元, as the table's header says"))
def _(folder):
    rows = [(*row[:5], row[5] * 10) for row in ROWS]
    return sheet(folder, rows, (*HEAD[:5], "税收（千元）"), units={"area": "亩"})


@case("G7", "tax in 百万元 by the study", right())
def _(folder):
    return sheet(folder, [(*row[:5], row[5] / 100) for row in ROWS], units={"tax": "百万元", "area": "亩"})


@case("G7", "land in km² by its heading", right(assumes="面积 is in km2"))
def _(folder):
    return sheet(
        folder, [(*row[:4], 0.01, row[5]) for row in ROWS], (*HEAD[:4], "面积(km²)", HEAD[5]), units={"tax": "万元"}
    )


@case("G7", "headings of full width", right())
def _(folder):
    columns = {"id": "ID", "name": "名称", "parcel": "宗地", "year": "年度", "area": "面积", "tax": "税收"}
    return sheet(folder, ROWS, ("ＩＤ", "名 称", *HEAD[2:]), columns=columns)


@case("G7", "a title above the header of a csv", right())
def _(folder):
    body = "".join(",".join(map(str, row)) + "\n" for row in [HEAD, *ROWS])
    return text(folder, "2024 年度亩均评价,,,,,\n" + body)


TOP = right(issues={"total_rows": 1})
for _word in ("合计", "全市", "总计（2 家）", "Total", "全市合计", "本区"):

    @case("G7", f"{_word} on top of the rows", told("total_rows", "each is the sum of the rows above or below", TOP))
    def _(folder, word=_word):
        return sheet(folder, [("", word, "", "", 30, 600), *ROWS])


@case(
    "G7",
    "a total on top that is not the sum",
    told("total_rows", "not the sum of the rows above or below: 税收 2", TOP),
)
def _(folder):
    return sheet(folder, [("", "合计", "", "", 30, 610), *ROWS])


@case("G7", "subtotals on top of their rows", told("total_rows", "each is", right(issues={"total_rows": 2})))
def _(folder):
    return sheet(folder, [("", "甲区小计", "", "", 15, 150), ROWS[0], ("", "乙区小计", "", "", 15, 450), ROWS[1]])


@case("G7", "firms whose names begin like totals", right())
def _(folder):
    rows = [(ROWS[0][0], "全市通物流有限公司", *ROWS[0][2:]), (ROWS[1][0], "合计机械有限公司", *ROWS[1][2:])]
    return sheet(folder, rows)


@case("G7", "a district called 全市 in each row", right())
def _(folder):
    return sheet(folder, [("全市", *row) for row in ROWS], ("范围", *HEAD))


# G8: names of columns

NAMES = {
    "in small letters": ({"code": "DLBM"}, {"DLBM": "dlbm"}, "no column 'DLBM' -> did you mean 'dlbm'"),
    "two letters exchanged": ({"code": "DLMB"}, {}, "no column 'DLMB' -> did you mean 'DLBM'"),
    "of full width": ({"code": "ＤＬＢＭ"}, {}, "did you mean 'DLBM'"),
    "with a blank": ({"code": "DL BM"}, {}, "did you mean 'DLBM'"),
}
for _what, (_columns, _renamed, _says) in NAMES.items():

    @TABLE("G8", f"a column {_what}", Refused(_says, file="parcels.gpkg"))
    def _(folder, columns=_columns, renamed=_renamed):
        write(parcels().rename(columns=renamed), folder / "parcels.gpkg")
        return city(folder, parcels={"columns": columns})


@case("G8", "columns of a table, both at once", Refused("no column 'ID' -> did you mean 'id'", file="firms.xlsx"))
def _(folder):
    return sheet(folder, ROWS, ("id", *HEAD[1:]), columns={"id": "ID", "parcel": "宗地号"})


@case(
    "G8", "columns of a table, the other one", Refused("no column '宗地号' -> did you mean '宗地'", file="firms.xlsx")
)
def _(folder):
    return sheet(folder, ROWS, ("id", *HEAD[1:]), columns={"id": "ID", "parcel": "宗地号"})


# G9: the study file

QUOTES = "the path in single quotes"


def written(folder, change, encoding="utf-8"):
    """The toy's study, its text changed, in an encoding."""
    the = city(folder)
    the.write_bytes(change(the.read_text(encoding="utf-8")).encode(encoding))
    return the


PATHS = (r"D:\temp\report\new.gpkg", r"D:\backup\a.gpkg", r"D:\data\a.gpkg", r"C:\Users\a.gpkg", "D:\\data\\")
for _path in PATHS:

    @TABLE("G9", f"a path in double quotes, {_path}", Refused(QUOTES, file="study.toml"))
    def _(folder, path=_path):
        return written(folder, lambda whole: whole.replace("parcels.gpkg", path))


@TABLE("G9", "a raster's path in double quotes", Refused(QUOTES, file="study.toml"))
def _(folder):
    return written(folder, lambda whole: whole + '[rasters]\nndvi = "D:\\temp\\n.tif"\n')


for _encoding in ("gbk", "utf-16", "utf-16-le"):

    @TABLE("G9", f"saved in {_encoding}", Refused("saved as (ANSI|UTF-16).*save it as UTF-8", file="study.toml"))
    def _(folder, encoding=_encoding):
        return written(folder, lambda whole: whole.replace("corpus", "示例"), encoding)


@TABLE("G9", "saved with a mark", Right())
def _(folder):
    return written(folder, lambda whole: whole, "utf-8-sig")


@TABLE("G9", "a heading with a line end in it", Right(share=None), command="candidates")
def _(folder):
    return sheet(folder, ROWS, (*HEAD[:5], "税收\n合计"), columns={"id": "代码", "parcel": "宗地", "tax": "税收\n合计"})
