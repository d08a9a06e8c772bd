from __future__ import annotations

import dataclasses
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from toy_result import toy

from landuse.report.figures.write import write_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from landuse.report.figures.write import Plate
    from landuse.results.run import RunResult

CHROMIUM = Path("/usr/bin/chromium")
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode"><value>0</value></prop>
</item>
</oor:items>"""
VIEWPORT = {"width": 1366, "height": 768}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def result() -> RunResult:
    return toy()


@pytest.fixture(scope="session")
def bare(result: RunResult) -> RunResult:
    """The first stage only, without outlines."""
    return dataclasses.replace(result, scatter=None, candidates=None, districts=None)


@dataclasses.dataclass
class Opened:
    """A page, and everything it did that it must not."""

    page: Any
    requests: list[str]
    errors: list[str]
    dialogs: list[str]

    def clean(self) -> bool:
        return not (self.requests or self.errors or self.dialogs)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}")
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser_tab(chromium: Any) -> Iterator[Any]:
    """One tab of a browser without a network: a tab of its own for each page takes twice as long as the page."""
    context = chromium.new_context(offline=True, viewport=VIEWPORT, accept_downloads=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def browse(browser_tab: Any, tmp_path: Path) -> Iterator[Any]:
    """Open HTML in a browser without a network, in place of what was opened before."""
    listening: dict[str, Any] = {}

    def leave() -> None:
        browser_tab.mouse.move(0, 0)
        browser_tab.goto("about:blank")
        while listening:
            browser_tab.remove_listener(*listening.popitem())

    def opened(html: str) -> Opened:
        leave()
        file = tmp_path / "map.html"
        file.write_text(html, encoding="utf-8")
        seen = Opened(browser_tab, [], [], [])
        listening["request"] = lambda r: r.url.startswith(("file:", "data:", "blob:")) or seen.requests.append(r.url)
        listening["pageerror"] = lambda error: seen.errors.append(str(error))
        listening["console"] = lambda m: m.type == "error" and seen.errors.append(m.text)
        listening["dialog"] = lambda d: (seen.dialogs.append(d.message), d.dismiss())
        for event, listener in listening.items():
            browser_tab.on(event, listener)
        browser_tab.set_viewport_size(VIEWPORT)
        browser_tab.goto(file.as_uri())
        browser_tab.wait_for_selector("body.ready", timeout=30_000)
        return seen

    yield opened
    leave()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """Convert a file by LibreOffice, which calculates every formula anew; making a profile is slow: one for all."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    profile = tmp_path_factory.mktemp("office")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, encoding="utf-8")

    def convert(file: Path, form: str) -> Path:
        folder = file.parent / "converted"
        words = ["--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", form, "--outdir", folder]
        subprocess.run([program, *words, file], check=True, capture_output=True, timeout=120)
        return folder / f"{file.stem}.{form.split(':', 1)[0]}"

    return convert


@pytest.fixture(scope="session")
def city_figures(city: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Plate, ...]:
    """The figures of the sample city."""
    return write_figures(city.result, tmp_path_factory.mktemp("figures"), "study")
