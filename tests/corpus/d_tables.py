"""Table D: attributes, tables and joins."""

from corpus import Table

TABLE = Table()
