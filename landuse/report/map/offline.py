"""One file that never calls out: assets are put into the page, and a page that would still load anything is refused.

Folium writes links to four public hosts; a bureau's network reaches none of them, and a request would tell them where
the reader looks. Here each link is replaced by the file it names, a Content-Security-Policy forbids every connection,
and the finished page is parsed once more: whatever would still be fetched from an address is an error.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING

from landuse.errors import LanduseError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

#: Prefix of our own assets in a link.
OWN = "landuse/"
#: Files of libraries, by the last part of the address folium gives: package and path.
LIBRARIES = {
    "leaflet.js": ("xstatic.pkg.leaflet", "data/leaflet.js"),
    "leaflet.css": ("xstatic.pkg.leaflet", "data/leaflet.css"),
}
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "font-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'"
)
#: Addresses in scripts that name a thing and load nothing: XML namespaces, and Leaflet's link to its own site.
NAMES = ("http://www.w3.org/", "https://leafletjs.com")

_SCRIPT = re.compile(r'<script src="([^"]+)"></script>')
_SHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)"\s*/>')
_URL = re.compile(r"url\(\s*(['\"]?)([^)'\"]+)\1\s*\)")
_ADDRESS = re.compile(r"""(?:https?:|(?<=["'`]))//[\w.-]+\.[^\s"'`<>\\)]+""")
_IMPORT = re.compile(r"@import\b[^;]*")


class MissingAssetError(FileNotFoundError, LanduseError):
    """The page would load something it does not carry."""

    def __init__(self, assets: list[str]) -> None:
        self.assets = tuple(assets)
        super().__init__("the map would load from elsewhere: " + ", ".join(assets))


def seal(page: str, pictures_from: tuple[str, ...] = ()) -> str:
    """Return a page with its assets inside it and a policy that forbids every connection.

    Parameters
    ----------
    page : str
        HTML as folium renders it.
    pictures_from : tuple of str
        Origins (scheme, host, port) of tiles: pictures alone may come from there.

    Returns
    -------
    str
        The same page; nothing in it is fetched, but pictures from those origins.

    Raises
    ------
    MissingAssetError
        Naming every script, sheet, image or tile address that is left.
    """
    page = _SCRIPT.sub(lambda m: f"<script>{_script(m[1])}</script>", page)
    page = _SHEET.sub(lambda m: f"<style>{_sheet(m[1])}</style>", page)
    policy = POLICY.replace("blob:", " ".join(("blob:", *pictures_from)))
    page = page.replace("<head>", f'<head>\n<meta http-equiv="Content-Security-Policy" content="{policy}">', 1)
    if left := loads(page):
        raise MissingAssetError(left)
    return page


def loads(page: str) -> list[str]:
    """Return what a browser would fetch for a page, in the order of the page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return list(dict.fromkeys(reader.found))


def _file(address: str) -> Traversable:
    if address.startswith(OWN):
        found = files("landuse.report.map").joinpath("assets", address.removeprefix(OWN))
    else:
        package, path = LIBRARIES.get(address.rpartition("/")[2], ("", ""))
        if not package:
            raise MissingAssetError([address])
        try:
            found = files(package).joinpath(path)
        except ModuleNotFoundError:
            raise MissingAssetError([address]) from None
    if not found.is_file():
        raise MissingAssetError([address])
    return found


@cache
def _script(address: str) -> str:
    text = _file(address).read_text(encoding="utf-8")
    text = re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    return re.sub(r"<(?=/script|!--)", r"\\x3c", text, flags=re.IGNORECASE)


@cache
def _sheet(address: str) -> str:
    sheet = _file(address)

    def embed(match: re.Match[str]) -> str:
        target = match[2]
        if target.startswith(("#", "data:")):
            return match[0]
        image = files("xstatic.pkg.leaflet").joinpath("data", target) if not address.startswith(OWN) else None
        if image is None or not image.is_file():
            raise MissingAssetError([f"{address}: {target}"])
        kind = mimetypes.guess_type(target)[0]
        return f"url(data:{kind};base64,{base64.b64encode(image.read_bytes()).decode()})"

    return _URL.sub(embed, sheet.read_text(encoding="utf-8"))


class _Reader(HTMLParser):
    """Collects every address a browser would follow by itself; data blocks hold none, by their type."""

    LOADING = frozenset({"src", "srcset", "poster", "data", "background", "xlink:href"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._in = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        inert = given.get("type", "text/javascript") not in {"", "module", "text/javascript"}
        self._in = "" if tag == "script" and inert else tag
        names = self.LOADING | ({"href"} if tag in {"link", "base", "image", "use"} else set())
        follow = [given[name] for name in given if name in names]
        self.found += [x for x in follow if x and not x.startswith(("data:", "blob:", "#"))]
        self._styled(given.get("style", ""))

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "style":
            self._styled(data)
        elif self._in == "script":
            self.found += [x for x in _ADDRESS.findall(data) if not x.startswith(NAMES)]

    def _styled(self, css: str) -> None:
        self.found += _IMPORT.findall(css)
        self.found += [x for _, x in _URL.findall(css) if not x.startswith(("data:", "#"))]
