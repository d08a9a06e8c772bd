"""Every text that people read in the outputs of a run, with where it stands."""

import io
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from unittest import mock

import openpyxl
from docx import Document
from matplotlib.text import Text
from rich.console import Console

from landuse.cli import console
from landuse.io.manifest import write_json
from landuse.report.document import park_pages
from landuse.report.document.report import write_document
from landuse.report.explanation import explained, explanation
from landuse.report.figures.park_picture import Ground, park_picture
from landuse.report.figures.write import FIGURES
from landuse.report.layers.geopackage import write_layers
from landuse.report.map.page import study_map
from landuse.report.style.fonts import lettering
from landuse.report.summary import summary
from landuse.report.workbook.book import write_workbook

ASSETS = Path(console.__file__).parents[1] / "report" / "map" / "assets"
NODE = shutil.which("node")
#: What a program says of a missing value, or of a value as it holds it; letters beside it make it another word.
MISSING = r"nan|NaN|None|[+-]?inf|Infinity|NaT|<NA>|null|undefined|True|False"
HELD = r"np\.\w+\(|array\(|Timestamp\(|dtype[=:]|object at 0x|datetime\.\w+\(|\[['\"]|\{['\"]|\[object "
WRONG = re.compile(rf"(?<![0-9A-Za-z_])(?:{HELD}|(?:{MISSING})(?![0-9A-Za-z_]))")


def wrong(texts):
    """Those of the texts that hold such a word."""
    return [(where, text) for where, text in texts if WRONG.search(text)]


def every_text(result, study, folder, *, drawn=True):
    """All texts of all outputs; those in pictures before they are drawn, and the park sheets with them, if asked."""
    yield from map_texts(study_map(result))
    yield from workbook_texts(result, folder / "b.xlsx")
    write_document(result, folder / "r.docx", parameters=study.parameters())
    yield from document_texts(folder / "r.docx")
    yield from layer_texts(result, folder / "l.gpkg")
    if drawn:
        yield from figure_texts(result)
    if drawn and result.parks is not None:
        with mock.patch.object(park_pages, "DPI", 20):  # their pictures are not looked at
            park_pages.write_park_sheets(result, folder / "p.docx")
        yield from document_texts(folder / "p.docx")
        yield from picture_texts(result)
    write_json(folder / "s.json", summary(result))
    yield from json_texts("summary", (folder / "s.json").read_text(encoding="utf-8"))
    yield from terminal_texts(result)


class Page(HTMLParser):
    """Texts and attributes of a page, and its islands of data; no scripts, no styles."""

    def __init__(self):
        super().__init__()
        self.texts, self.islands, self.inside = [], {}, ""

    def handle_starttag(self, tag, attrs):
        own = dict(attrs)
        self.inside = {"script": "data:" + own.get("id", ""), "style": "style"}.get(tag, "")
        if tag == "script" and own.get("type") != "application/json":
            self.inside = "style"
        self.texts += [
            value for name, value in attrs if name in ("title", "alt", "aria-label", "placeholder", "content")
        ]

    def handle_endtag(self, _tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside.startswith("data:"):
            self.islands[self.inside[5:]] = data
        elif not self.inside:
            self.texts.append(data)


def page_of(html):
    page = Page()
    page.feed(html)
    return page


def map_texts(html):
    page = page_of(html)
    yield from (("map", text) for text in page.texts)
    for name, text in page.islands.items():
        yield from json_texts(f"map {name}", text)
    if NODE:
        data = page.islands["landuse-page"]
        for key in ("plots", "treated", "parks", "districts"):
            if json.loads(data).get(key):
                yield from ((f"map {key}.csv", line) for line in map_csv(data, key).splitlines())


def map_csv(data, key):
    """The CSV a list of the map is exported as; `data` is the page's island."""
    script = """
        const fs = require('fs'), vm = require('vm');
        globalThis.self = globalThis;
        const run = (name) => vm.runInThisContext(fs.readFileSync(`${process.argv[1]}/${name}`, 'utf8'));
        ['dom.js', 'csv.js'].forEach(run);
        const data = landuse.data = JSON.parse(fs.readFileSync(0, 'utf8')), key = process.argv[2];
        landuse.districtName = (k) => (k < 0 ? '' : data.districts.name[k]);
        process.stdout.write(landuse.csv(key, data[key].id.map((id, k) => k), data));
    """
    done = subprocess.run([NODE, "-e", script, str(ASSETS), key], input=data.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8")


def json_texts(where, text):
    """Texts of JSON, which has to be strict JSON."""

    def refused(word):
        raise AssertionError(f"{where}: {word} is no JSON")

    def walk(value, path):
        if isinstance(value, dict):
            for key, each in value.items():
                yield from walk(each, f"{path}.{key}")
        elif isinstance(value, list):
            for each in value:
                yield from walk(each, path)
        elif isinstance(value, str):
            yield path, value

    yield from walk(json.loads(text, parse_constant=refused), where)


def workbook_texts(result, path):
    write_workbook(result, path)
    for values in (True, False):
        book = openpyxl.load_workbook(path, data_only=values)
        for sheet in book:
            yield "workbook", sheet.title
            yield from ((f"workbook {sheet.title}", str(c)) for r in sheet.values for c in r if c is not None)


def document_texts(path):
    document = Document(path)
    yield from ((path.name, p.text) for p in document.paragraphs)
    for table in document.tables:
        yield from ((f"{path.name} table", cell.text) for row in table.rows for cell in row.cells)
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if re.fullmatch(r"word/(header|footer)\d*\.xml|docProps/core\.xml", name):
                xml = parts.read(name).decode("utf-8")
                yield from ((f"{path.name} {name}", text) for text in re.findall(r">([^<>]+)<", xml))
        body = parts.read("word/document.xml").decode("utf-8")
        yield from ((f"{path.name} pictures", text) for text in re.findall(r' descr="([^"]*)"', body))


def layer_texts(result, path):
    write_layers(result, path)
    with closing(sqlite3.connect(path)) as base:
        tables = [name for (name,) in base.execute("select table_name from gpkg_contents")]
        for table in ("gpkg_contents", *(t for t in tables if t != "layer_styles")):
            for row in base.execute(f'select * from "{table}"'):  # noqa: S608, names of the file's own tables
                yield from ((f"layer {table}", value) for value in row if isinstance(value, str))


def figure_texts(result):
    for draw in FIGURES:
        with lettering() as letters:
            sheet = draw(result, letters)
            if sheet is not None:
                yield from ((draw.__name__, x.get_text()) for x in sheet.figure.findobj(Text))


def picture_texts(result):
    ground, renewed = Ground.of(result), result.candidates.renewed
    for park in result.parks.figures.index:
        with lettering() as letters:
            sheet = park_picture(ground, letters, park, renewed[renewed["park_id"] == park], 8)
            yield from ((f"picture of {park}", x.get_text()) for x in sheet.figure.findobj(Text))


def terminal_texts(result):
    yield "headline", console.headline(result)
    stages = (
        (console.districts_table, True),
        (console.quality_table, True),
        (console.candidates_table, result.candidates),
        (console.moves_table, result.relocation is not None and result.relocation.exists),
        (console.change_table, result.history),
        (console.parks_table, result.parks),
    )
    for table, there in stages:
        if there is not None and there is not False:
            out = io.StringIO()
            Console(file=out, width=400).print(table(result))
            yield from ((table.__name__, line) for line in out.getvalue().splitlines())
    if result.candidates is not None:
        # of every list, and of none
        found = result.candidates
        ids = [plot for plots in (found.listed, found.no_data, found.renewed) for plot in plots.index[:3]]
        for plot in [*ids, *found.judged.values.index[:5]]:
            yield "explain", explained(result, plot)
            yield from json_texts("explain --json", json.dumps(explanation(result, plot), ensure_ascii=False))
