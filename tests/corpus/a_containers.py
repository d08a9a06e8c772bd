"""Table A: containers and encodings."""

from corpus import Table

TABLE = Table()
