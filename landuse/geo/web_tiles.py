"""What lies behind the land on the map: roads, water, a picture, tiles of a server. No number depends on it."""

from __future__ import annotations

import re

from landuse.i18n import _

TIANDITU = "tianditu"
_ORIGIN = re.compile(r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?=/)")
_FIELDS = {"{z}", "{x}", "{y}"}


def origin(address: str) -> str:
    """Return the scheme, host and port of a tile address.

    Raises
    ------
    ValueError
        When the address is no template of one host.

    Examples
    --------
    >>> origin("http://maps.intranet:8080/wmts/{z}/{y}/{x}.png")
    'http://maps.intranet:8080'
    """
    found = _ORIGIN.match(address)
    fields = set(re.findall(r"\{[^{}]*\}", address))
    if not found or fields != _FIELDS or re.search(r"[\s\"'<>\\]", address):
        raise ValueError(_('give "tianditu", or an address of one host such as http://host/{z}/{y}/{x}.png'))
    return found[0]
