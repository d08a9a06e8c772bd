"""Options of GDAL for the length of a block."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyogrio

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def options(**values: str) -> Iterator[None]:
    """Set configuration options of pyogrio's GDAL, and put the earlier ones back."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in values}
    pyogrio.set_gdal_config_options(values)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
