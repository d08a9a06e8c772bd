"""The conda environment asks for what the package asks for."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def bound(requirement):
    """(name, bounds) of one requirement, its name as any registry compares it."""
    name, bounds = re.fullmatch(r"([A-Za-z0-9_.-]+)\s*(.*)", requirement).groups()
    return name.lower().replace("_", "-"), bounds.replace(" ", "")


def conda():
    """Requirements of environment.yml, those for pip apart."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8").split("dependencies:")[1]
    lines = [re.sub(r"\s+#.*", "", line) for line in text.splitlines()]
    found = [re.fullmatch(r"( *)- ([^-].*[^:])", line) for line in lines]
    found = [m.groups() for m in found if m]
    outer = min(len(indent) for indent, _ in found)
    split = {True: {}, False: {}}
    for indent, requirement in found:
        name, bounds = bound(requirement.strip("\"'"))
        split[len(indent) == outer][name] = bounds
    return split[True], split[False]


def declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return dict(map(bound, project["dependencies"])) | {"python": project["requires-python"]}


def test_bounds_of_environment_and_package_are_the_same():
    from_conda, from_pip = conda()
    from_conda.pop("pip")
    assert from_conda | from_pip == declared()


def test_only_what_conda_lacks_comes_from_pip():
    _, from_pip = conda()
    assert set(from_pip) == {n for n in declared() if n.startswith("xstatic") or n == "zhplot"}
