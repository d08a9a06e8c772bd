"""Table B: coordinate systems."""

from corpus import Table

TABLE = Table()
