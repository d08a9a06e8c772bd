from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from toy_findings import toy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landuse.findings import Findings

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def findings() -> Findings:
    return toy()


@pytest.fixture(scope="session")
def bare(findings: Findings) -> Findings:
    """The first stage only, without outlines."""
    return dataclasses.replace(findings, scatter=None, candidates=None, districts=None)


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


@pytest.fixture
def browse(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    """Open HTML in a browser without a network."""
    contexts = []

    def opened(html: str) -> Opened:
        file = tmp_path / "map.html"
        file.write_text(html, encoding="utf-8")
        context = chromium.new_context(offline=True, viewport={"width": 1366, "height": 768}, accept_downloads=True)
        contexts.append(context)
        seen = Opened(context.new_page(), [], [], [])
        seen.page.on("request", lambda r: r.url.startswith(("file:", "data:", "blob:")) or seen.requests.append(r.url))
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        seen.page.on("console", lambda m: m.type == "error" and seen.errors.append(m.text))
        seen.page.on("dialog", lambda d: (seen.dialogs.append(d.message), d.dismiss()))
        seen.page.goto(file.as_uri())
        seen.page.wait_for_selector("body.ready", timeout=30_000)
        return seen

    yield opened
    for context in contexts:
        context.close()
