import folium
import pytest
from folium.plugins import Fullscreen

from landuse.errors import LanduseError
from landuse.report.map import offline
from landuse.report.map.offline import LIBRARIES, MissingAssetError, loads, seal
from landuse.report.map.page import study_map


def test_a_plugin_whose_script_is_left_out_is_named():
    page = folium.Map(tiles=None)
    page.default_js, page.default_css = page.default_js[:1], page.default_css[:1]
    Fullscreen().add_to(page)
    with pytest.raises(MissingAssetError, match=r"Control\.FullScreen\.min\.js"):
        seal(page.get_root().render())


def test_leaving_out_leaflet_fails(result, monkeypatch):
    monkeypatch.setattr(offline, "LIBRARIES", {k: v for k, v in LIBRARIES.items() if k != "leaflet.css"})
    offline._sheet.cache_clear()
    with pytest.raises(LanduseError, match=r"leaflet\.css"):
        study_map(result)


def test_tiles_from_a_public_host_fail():
    page = folium.Map(tiles="OpenStreetMap")
    page.default_js, page.default_css = page.default_js[:1], page.default_css[:1]
    with pytest.raises(MissingAssetError, match=r"tile\.openstreetmap\.org"):
        seal(page.get_root().render())


@pytest.mark.parametrize(
    "page",
    [
        '<img src="https://a.example/x.png">',
        '<img src="//a.example/x.png">',
        '<link rel="stylesheet" href="http://a.example/x.css">',
        "<style>p { background: url(http://a.example/x.png) }</style>",
        "<style>p { background: url( 'x.png' ) }</style>",
        '<style>@import "http://a.example/x.css";</style>',
        '<p style="background: url(https://a.example/x.png)">',
        '<script>fetch("https://a.example/x")</script>',
        '<script type="module">import x from "https://a.example/x.js"</script>',
        '<script>const s = document.createElement("script"); s.src = "//a.example/x.js"</script>',
        '<script src="x.js" defer></script>',
        '<iframe src="https://a.example"></iframe>',
        '<object data="https://a.example"></object>',
        '<svg><image href="https://a.example/x.svg"/></svg>',
    ],
)
def test_whatever_a_browser_would_fetch_is_found(page):
    assert loads(page)
    with pytest.raises(MissingAssetError):
        seal(f"<html><head></head><body>{page}</body></html>")


@pytest.mark.parametrize(
    "page",
    [
        '<a href="https://a.example">a link is followed by the reader alone</a>',
        '<script type="application/json">{"firm": "https://a.example src=x"}</script>',
        '<img src="data:image/png;base64,AAAA">',
        "<style>p { fill: url(#hatch) }</style>",
        '<script>const ns = "http://www.w3.org/2000/svg"</script>',
    ],
)
def test_what_loads_nothing_passes(page):
    assert loads(page) == []


def test_scripts_cannot_end_their_element(tmp_path, monkeypatch):
    (tmp_path / "x.js").write_text('const a = "</script>";\n//# sourceMappingURL=x.js.map\n')
    monkeypatch.setattr(offline, "_file", lambda _: tmp_path / "x.js")
    offline._script.cache_clear()
    page = seal('<html><head><script src="landuse/x.js"></script></head></html>')
    offline._script.cache_clear()
    assert page.count("</script>") == 1
    assert "sourceMapping" not in page
