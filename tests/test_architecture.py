"""Imports only point down."""

import ast
from pathlib import Path

import landuse

ROOT = Path(landuse.__file__).parent
#: The nouns; each may import those before it.
NOUNS = (
    "schema",
    "errors",
    "interrupts",
    "i18n",
    "spelling",
    "nearest",
    "section",
    "units",
    "rulepack",
    "crs",
    "gcj02",
    "stated",
    "routes",
    "zones",
    "placing",
    "area",
    "classification",
    "crosswalk",
    "rings",
    "linework",
    "geometry",
    "finding",
    "plausibility",
    "industries",
    "vocabulary",
    "results",
    "judgement",
    "codes",
    "credit_code",
    "cells",
    "precedence",
    "dates",
    "periods",
    "raw",
    "background",
    "geometry_door",
    "parcel_ids",
    "park_ids",
    "row_names",
    "layers",
    "district_codes",
    "firm_identity",
    "enterprises",
    "context",
    "ledger",
    "change_inputs",
    "change",
    "capacity",
    "evaluation",
    "park_review",
    "plan",
    "findings",
)
#: Parts that know the nouns and themselves, and nothing of each other.
PARTS = ("io", "analysis", "report", "sample")
#: What may be imported beside the nouns, from the bottom up; these alone join the parts.
JOINTS = {
    "sections": (),
    "sections_change": ("sections",),
    "sections_parks": ("sections",),
    "studyfile": ("sections", "sections_change", "sections_parks"),
    "clock": (),
    "roles": ("studyfile",),
    "reading": ("io", "studyfile", "sections"),
    "settings": ("reading", "studyfile"),
    "admission": ("reading", "io", "sections", "settings", "studyfile"),
    "stock": ("analysis", "studyfile", "clock", "admission"),
    "snapshots": ("io", "analysis", "sections_change", "studyfile", "clock", "reading", "admission", "stock"),
    "parks": ("io", "analysis", "studyfile", "reading", "admission"),
    "study": (
        "io",
        "analysis",
        "studyfile",
        "clock",
        "reading",
        "settings",
        "admission",
        "stock",
        "snapshots",
        "parks",
        "roles",
    ),
    "delivery": ("io", "report", "studyfile", "clock", "admission"),
    "doctor": ("io",),
    "terminal": ("io", "report"),
    "options": (),
    "cli": ("report", "sample", "studyfile", "clock", "study", "delivery", "doctor", "terminal", "options"),
    "__main__": ("cli",),
}


def imported(source):
    """Names below `landuse` that a module imports, wherever in it: `landuse.io.vector` gives `io`."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "landuse":
            names |= {f"landuse.{a.name}" for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import"
            names.add(node.module)
    return {n.split(".")[1] for n in names if n.startswith("landuse.")}


def allowed(name):
    """What a module or folder may import."""
    if name in NOUNS:
        return set(NOUNS[: NOUNS.index(name)])
    return set(NOUNS) | ({name} if name in PARTS else set(JOINTS[name]))


def trespasses(name, source):
    return imported(source) - allowed(name)


def test_every_module_has_its_place():
    found = {p.relative_to(ROOT).with_suffix("").parts[0] for p in ROOT.rglob("*.py")}
    assert found - {"__init__"} == {*NOUNS, *PARTS, *JOINTS}


def test_imports_only_point_down():
    wrong = {}
    for path in ROOT.rglob("*.py"):
        name = path.relative_to(ROOT).with_suffix("").parts[0]
        if name != "__init__" and (bad := trespasses(name, path.read_text(encoding="utf-8"))):
            wrong[str(path.relative_to(ROOT))] = bad
    assert wrong == {}


def test_the_check_sees_a_trespass():
    assert trespasses("units", "from landuse.ledger import Ledger") == {"ledger"}
    assert trespasses("io", "def f():\n    import landuse.analysis.overlap") == {"analysis"}
    assert trespasses("report", "from landuse import schema, study") == {"study"}
    assert trespasses("analysis", "from landuse.analysis.tiles import Tiles\nimport numpy") == set()
