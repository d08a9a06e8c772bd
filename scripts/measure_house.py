"""How the package is built, in numbers: modules, readers, depth, repeated texts. What moved is judged by these.

python scripts/measure_house.py
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path("landuse")


def modules() -> dict[str, ast.Module]:
    """Return the syntax tree of each module by its dotted name; packages' own files hold no code."""
    files = [p for p in ROOT.rglob("*.py") if p.name != "__init__.py"]
    return {".".join(p.with_suffix("").parts): ast.parse(p.read_text(encoding="utf-8")) for p in sorted(files)}


def type_only(tree: ast.Module) -> set[ast.AST]:
    """Return the nodes that run for type checkers only."""
    blocks = [n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    return {inner for block in blocks for inner in ast.walk(block)}


def imports(tree: ast.Module, names: set[str], *, at_runtime: bool = False) -> set[str]:
    """Return the modules that a module imports."""
    passed, out = type_only(tree) if at_runtime else set(), set()
    for node in ast.walk(tree):
        if node in passed:
            continue
        if isinstance(node, ast.Import):
            out |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            out |= {f"{node.module}.{a.name}" for a in node.names} | {node.module}
    return out & names


def repeated_texts(trees: dict[str, ast.Module]) -> int:
    """Return how many texts for people stand in several modules."""
    found: Counter[str] = Counter()
    for tree in trees.values():
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) in ("_", "N_") and n.args]
        found.update({str(c.args[0].value) for c in calls if isinstance(c.args[0], ast.Constant)})
    return sum(n > 1 for n in found.values())


def measured() -> dict[str, int]:
    """Return each measure by its name."""
    trees = modules()
    names = set(trees)
    readers: Counter[str] = Counter()
    for name, tree in trees.items():
        readers.update(imports(tree, names) - {name})
    below = {name: imports(tree, names, at_runtime=True) - {name} for name, tree in trees.items()}

    @cache
    def depth(name: str) -> int:
        return 1 + max(map(depth, below[name]), default=0)

    lines = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in ROOT.rglob("*.py")}
    sources = [p.read_text(encoding="utf-8") for p in ROOT.rglob("*.py")]
    return {
        "modules": len(trees),
        "modules in the root": sum(n.count(".") == 1 for n in names),
        "modules with one reader": sum(readers[n] == 1 for n in names),
        "import depth": max(map(depth, names)),
        "texts in several modules": repeated_texts(trees),
        "asserts on optional results": sum(s.count("# noqa: S101") for s in sources),
        "uses of Any": sum(
            isinstance(n, ast.Name) and n.id == "Any" for tree in trees.values() for n in ast.walk(tree)
        ),
        "lines of Python": sum(lines.values()),
        "longest file": max(lines.values()),
    }


def main() -> None:
    """Print the measures."""
    for name, value in measured().items():
        sys.stdout.write(f"{value:>7,}  {name}\n")


if __name__ == "__main__":
    main()
