"""Folders are layers: imports only point down."""

import ast
from itertools import chain
from pathlib import Path

import landuse

ROOT = Path(landuse.__file__).parent
#: The house from the ground up. A row may import the rows before it; what stands side by side knows nothing of each
#: other, but each knows itself.
HOUSE = (
    ("errors",),
    ("i18n",),
    ("units",),
    ("schema",),
    ("spelling",),
    ("quality",),
    ("definition",),
    ("geo",),
    ("reference",),
    ("config",),
    ("inputs",),
    ("results",),
    ("io", "analysis", "report", "sample"),
    ("pipeline",),
    ("cli",),
    ("__main__",),
)
#: The folders of the large rooms, in the same way.
CHAPTERS = {
    "analysis": (
        ("overlay",),
        ("share",),
        ("plots",),
        ("candidates", "checks", "relocation", "change", "density"),
        ("parks",),
    ),
    "report": (
        ("words",),
        ("style", "tables"),
        ("workbook", "figures", "map", "layers", "summary", "explanation"),
        ("document",),
    ),
    "io": (
        ("hashes", "parts", "source", "strictxml"),
        ("gate",),
        ("publishing", "rasters", "tables"),
        ("vector",),
        ("manifest",),
    ),
}


def imported(source):
    """Modules below `landuse` that a module imports, wherever in it, as lists of names: [io, vector, read]."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import"
            names |= {f"{node.module}.{a.name}" for a in node.names}
    return [n.split(".")[1:] for n in names if n.startswith("landuse.")]


def trespasses(path, source):
    """What a module at `path` ("analysis/overlay/cut.py") imports that does not stand below it."""
    own = path.removesuffix(".py").split("/")
    wrong = set()
    for name in imported(source):
        rows, here, there = HOUSE, own[0], name[0]
        if here == there and here in CHAPTERS and len(own) > 1 and len(name) > 1:
            rows, here, there = CHAPTERS[here], own[1], name[1]
        place = {x: k for k, row in enumerate(rows) for x in row}
        if here in place and here != there and place.get(there, -1) >= place[here]:
            wrong.add(".".join(name))
    return wrong


def modules():
    return {p.relative_to(ROOT).as_posix(): p for p in ROOT.rglob("*.py") if p.name != "__init__.py"}


def test_every_module_has_its_place():
    tops = {path.removesuffix(".py").split("/")[0] for path in modules()}
    assert tops == set(chain(*HOUSE))
    for folder, rows in CHAPTERS.items():
        inside = {path.removesuffix(".py").split("/")[1] for path in modules() if path.startswith(f"{folder}/")}
        assert inside == set(chain(*rows))


def test_imports_only_point_down():
    found = {path: trespasses(path, p.read_text(encoding="utf-8")) for path, p in modules().items()}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_the_check_sees_a_trespass():
    assert trespasses("units.py", "from landuse.results.ledger import Ledger") == {"results.ledger.Ledger"}
    assert trespasses("io/gate.py", "def f():\n    import landuse.analysis.overlay.cut") == {"analysis.overlay.cut"}
    assert trespasses("report/summary.py", "from landuse import schema, pipeline") == {"pipeline"}
    assert trespasses("analysis/share/build.py", "from landuse.analysis.parks import compare") == {
        "analysis.parks.compare"
    }
    assert trespasses("analysis/overlay/cut.py", "from landuse.analysis.overlay.tiles import Tiles") == set()
