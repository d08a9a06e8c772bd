"""Table F: security."""

from corpus import Table

TABLE = Table()
