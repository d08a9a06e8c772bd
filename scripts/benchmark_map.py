"""Open synthetic parcels in a headless browser: our layer beside `folium.GeoJson` and `GeoDataFrame.explore`.

    python scripts/benchmark_map.py [--folder DIR] [--sizes 10000 100000 1000000] [--others 10000 100000] [--chromium P]

Every page is an ordinary folium map of the same parcels (13 vertices, two classes, three attributes: an identifier of
18 digits, an area, a district), opened from a local file with the network cut, each in a fresh browser. The other two
would load ten files from four public hosts and show nothing here; their Leaflet and jQuery are therefore put into the
page as ours are, and their other links, which these maps do not need, are left out. `explore` needs mapclassify.

drawn
    Seconds from the start of navigation to the first frame after everything is on the map.
frame
    The longest time between two frames while a script pans 120 times by 16 pixels, one zoom step into the city.
heap, process
    JavaScript heap in use, and resident memory of the renderer, after panning.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from folium.elements import JSCSSMixin
from folium.template import Template
from playwright.sync_api import Browser, sync_playwright
from pyproj import CRS

from landuse.report.map.drawings import Drawing, for_display
from landuse.report.map.encode import hilbert_order
from landuse.report.map.layers import ParcelLayer
from landuse.report.map.offline import seal

WORKING = CRS(4549)
#: Distance between parcels [m], and vertices of each.
STEP, CORNERS = 80.0, 13
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--enable-precise-memory-info"]
WAIT_MS = 1_200_000

WATCH = """
window.drawn = new Promise((resolve, reject) => {
  addEventListener('error', (event) => reject(new Error(event.message)));
  addEventListener('unhandledrejection', (event) => reject(event.reason));
  addEventListener('load', async () => {
    if (window.landuseLayer) await landuseLayer.ready;
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  });
});
"""
PAN = """
async () => {
  const map = Object.values(window).find((x) => x instanceof L.Map);
  map.setZoom(map.getZoom() + 1, {animate: false});
  const frame = () => new Promise(requestAnimationFrame);
  for (let k = 0; k < 30; k++) await frame();
  let last = performance.now(), worst = 0;
  for (let k = 0; k < 120; k++) {
    map.panBy([k % 60 < 30 ? 16 : -16, k % 40 < 20 ? 16 : -16], {animate: false});
    const now = await frame();
    worst = Math.max(worst, now - last);
    last = now;
  }
  return worst;
}
"""


class Watched(JSCSSMixin):
    """Make our layer known to the script that waits for it."""

    _template = Template("{% macro script(this, kwargs) %}window.landuseLayer = {{ this.layer }};{% endmacro %}")

    def __init__(self, layer: ParcelLayer) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Watched"
        self.layer = layer.get_name()


def parcels(n: int) -> gpd.GeoDataFrame:
    """Return n jagged polygons on a lattice, in degrees, in no order."""
    random = np.random.default_rng(7)
    across = int(np.ceil(np.sqrt(n)))
    place = np.arange(n)
    centre = np.column_stack([place % across, place // across]) * STEP + [500_000, 3_340_000]
    angle = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    radius = random.uniform(0.3, 0.48, (n, CORNERS)) * STEP
    xy = centre[:, None] + np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=2)
    shapes = shapely.polygons(shapely.linearrings(xy.reshape(-1, 2), indices=np.repeat(place, CORNERS)))
    frame = gpd.GeoDataFrame(
        {
            "id": pd.Series(random.integers(33_01_00_000, 33_02_00_000, n) * 10**9 + place).astype(str),
            "m2": shapely.area(shapes).round(2),
            "district": random.integers(0, 13, n),
            "inside": random.random(n) < 0.66,
        },
        geometry=shapes,
        crs=WORKING,
    )
    frame = frame.iloc[random.permutation(n)].reset_index(drop=True)
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=for_display(frame), crs=4326)


def _map(frame: gpd.GeoDataFrame) -> folium.Map:
    west, south, east, north = frame.total_bounds
    page = folium.Map(tiles=None, zoom_snap=0.25)
    page.fit_bounds([[south, west], [north, east]])
    return page


def _sealed(page: folium.Map) -> str:
    """Return the page with Leaflet and jQuery inside it, its other links left out."""
    root = page.get_root()
    text = re.sub(
        r'<(script src|link rel="stylesheet" href)="https://(?![^"]*(?:/leaflet\.js|/leaflet\.css|/jquery-))[^>]*>(</script>)?',
        "",
        root.render(),
    )
    return seal(re.sub(r'<script src="https://[^"]*/jquery-[^"]*"></script>', _jquery, text))


def _jquery(_match: re.Match[str]) -> str:
    from xstatic.pkg import jquery  # noqa: PLC0415

    script = (Path(jquery.BASE_DIR) / "jquery.min.js").read_text(encoding="utf-8")
    return "<script>" + re.sub(r"<(?=/script|!--)", r"\\x3c", script, flags=re.IGNORECASE) + "</script>"


def ours(frame: gpd.GeoDataFrame) -> str:
    """Return a page with our layer."""
    frame = frame.iloc[hilbert_order(frame.geometry.to_numpy())]
    classes = np.where(frame["inside"], 0, 1).astype(np.uint8)
    table = pd.DataFrame(frame[["id", "district", "m2"]]).assign(park=-1).reset_index(drop=True)
    layer = ParcelLayer(Drawing("land", frame.geometry.to_numpy(), classes, table))
    page = _map(frame)
    layer.add_to(page)
    Watched(layer).add_to(page)
    return _sealed(page)


def geojson(frame: gpd.GeoDataFrame) -> str:
    """Return a page with `folium.GeoJson`."""
    page = _map(frame)
    folium.GeoJson(frame, style_function=_style).add_to(page)
    return _sealed(page)


def _style(feature: dict[str, Any]) -> dict[str, object]:
    return {"fillColor": "#BB9674", "weight": 0.7, "fillOpacity": 1 if feature["properties"]["inside"] else 0.5}


def explore(frame: gpd.GeoDataFrame) -> str:
    """Return a page with `GeoDataFrame.explore`."""
    popup: Any = ["id", "m2", "district"]
    return _sealed(frame.explore(tiles=None, tooltip=False, popup=popup))


def opened(browser: Browser, file: Path) -> dict[str, float]:
    """Open a page, pan it, and return what was measured."""
    context = browser.new_context(offline=True, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda r: wrong.extend([] if r.url.startswith(("file:", "data:", "blob:")) else [r.url]))
    page.add_init_script(WATCH)
    page.goto(file.as_uri(), wait_until="commit", timeout=WAIT_MS)
    drawn = page.evaluate("window.drawn")
    worst = page.evaluate(PAN)
    heap = page.evaluate("performance.memory.usedJSHeapSize")
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    resident = max(_resident(p["id"]) for p in processes if p["type"] == "renderer")
    context.close()
    if wrong:
        raise SystemExit(f"{file.name}: {wrong[:3]}")
    return {"drawn": drawn / 1000, "frame": worst, "heap": heap / 1e6, "process": resident / 1e6}


def _resident(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def main() -> None:
    """Measure, and print a table for docs/benchmark.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="keep the pages here")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--others", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = given.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        print("| parcels | page | Python | file | drawn | worst frame | heap | process |", flush=True)
        print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
        for n in sorted({*given.sizes, *given.others}):
            frame = parcels(n)
            for make in [ours] * (n in given.sizes) + [geojson, explore] * (n in given.others):
                start = time.perf_counter()
                text = make(frame)
                seconds = time.perf_counter() - start
                file = folder / f"{make.__name__}-{n}.html"
                file.write_text(text, encoding="utf-8")
                browser = playwright.chromium.launch(executable_path=given.chromium, args=FLAGS)
                m = opened(browser, file)
                version = browser.version
                browser.close()
                size = len(text.encode()) / 1e6
                print(
                    f"| {n:,} | {make.__name__} | {seconds:.1f} s | {size:.1f} MB | {m['drawn']:.2f} s "
                    f"| {m['frame']:.0f} ms | {m['heap']:.0f} MB | {m['process']:.0f} MB |",
                    flush=True,
                )
        print(f"\nChromium {version}, headless, no graphics card.")


if __name__ == "__main__":
    main()
