"""Table A: the parts of a shapefile that do not agree (A13-A21)."""

import shutil

from a_files import LEFT_OUT, TABLE, cut, cut_and_lied, patch, shapefile
from corpus import Refused, Right, city, parcels, parks, square

for _share in (0.9, 0.6, 0.3):

    @TABLE(
        "A13",
        f"a .shp cut to {_share:.0%}",
        Refused("it has 644 bytes, and has .*copy all files", "parcels.shp"),
    )
    def _(folder, share=_share):
        path = shapefile(folder)
        cut(path, share)
        return city(folder, land=path.name)


APART = Refused("the .shx and the .shp do not belong together -> copy all files", file="parcels.shp")


@TABLE("A13", "a .shp cut within a shape, its head lies", APART)
def _(folder):
    path = shapefile(folder)
    cut_and_lied(path, 300)
    return city(folder, land=path.name)


@TABLE("A13", "a .shx cut to 60%", Refused("the .shx is damaged -> copy all files", file="parcels.shp"))
def _(folder):
    path = shapefile(folder)
    cut(path.with_suffix(".shx"), 0.6)
    return city(folder, land=path.name)


for _word, _at in (("parts", 36), ("points", 40)):

    @TABLE("A13", f"a shape of more {_word} than the file has bytes", Right(share=0.5, issues=LEFT_OUT))
    def _(folder, at=_at):
        path = shapefile(folder)
        patch(path, 100 + 8 + at, b"\xff\xff\xff\x7f")  # in the first shape, behind both heads
        return city(folder, land=path.name)


@TABLE("A14", "a .shp cut to its head", Refused("the .shp says it has 644 bytes, and has 100", file="parcels.shp"))
def _(folder):
    path = shapefile(folder)
    cut(path, 100)
    return city(folder, land=path.name)


@TABLE("A14", "a .shp cut to its head, which lies", APART)
def _(folder):
    path = shapefile(folder)
    cut_and_lied(path, 100)
    return city(folder, land=path.name)


@TABLE("A14", "a .shp and .shx of heads only, which lie", Refused("0 shapes and 4 rows of attributes", "parcels.shp"))
def _(folder):
    path = shapefile(folder)
    cut_and_lied(path, 100)
    cut_and_lied(path.with_suffix(".shx"), 100)
    return city(folder, land=path.name)


@TABLE("A15", "a .shp of nothing", Refused("its content is not a layer -> export the layer again", file="parcels.shp"))
def _(folder):
    path = shapefile(folder)
    cut(path, 0)
    return city(folder, land=path.name)


@TABLE("A16", "a .dbf cut within a row", Refused(".dbf is cut off: it says 4 rows", file="parcels.shp"))
def _(folder):
    path = shapefile(folder)
    cut(path.with_suffix(".dbf"), 0.8)
    return city(folder, land=path.name)


for _rows, _says in ((5, ".dbf is cut off: it says 5 rows and holds 4"), (3, ".dbf says 3 rows and holds 4")):

    @TABLE("A16", f"a .dbf of 4 rows that says {_rows}", Refused(_says, file="parcels.shp"))
    def _(folder, rows=_rows):
        path = shapefile(folder)
        patch(path.with_suffix(".dbf"), 4, bytes([rows]))
        return city(folder, land=path.name)


for _size in (20, 0):

    @TABLE("A17", f"a .dbf of {_size} bytes", Refused(".dbf is cut off: the rows have no attributes", "parcels.shp"))
    def _(folder, size=_size):
        path = shapefile(folder)
        cut(path.with_suffix(".dbf"), size)
        return city(folder, land=path.name)


@TABLE("A17", "no .dbf", Refused("the .dbf is missing -> copy all files", file="parcels.shp"))
def _(folder):
    path = shapefile(folder)
    path.with_suffix(".dbf").unlink()
    return city(folder, land=path.name)


@TABLE("A18", "no .shx", Refused("the .shx is missing -> copy all files", file="parcels.shp"))
def _(folder):
    path = shapefile(folder)
    path.with_suffix(".shx").unlink()
    return city(folder, land=path.name)


def mixed(folder, rows, shapes):
    """A .shp of so many shapes with the .dbf of another layer."""
    ids = [f"q{k}" for k in range(rows)]
    other = shapefile(folder, parcels([square(k) for k in range(rows)], BSM=ids), name="other")
    path = shapefile(folder, parcels([square(k) for k in range(shapes)]))
    shutil.copy(other.with_suffix(".dbf"), path.with_suffix(".dbf"))
    return city(folder, land=path.name)


@TABLE("A19", "a .dbf of 4 rows, a .shp of 8 shapes", Refused("8 shapes and 4 rows of attributes", file="parcels.shp"))
def _(folder):
    return mixed(folder, 4, 8)


@TABLE("A20", "a .dbf of 8 rows, a .shp of 4 shapes", Refused("4 shapes and 8 rows of attributes", file="parcels.shp"))
def _(folder):
    return mixed(folder, 8, 4)


@TABLE("A19", "a .shx of 8 shapes, a .shp of 4", APART)
def _(folder):
    other = shapefile(folder, parcels([square(k) for k in range(8)]), name="other")
    path = shapefile(folder)
    shutil.copy(other.with_suffix(".shx"), path.with_suffix(".shx"))
    return city(folder, land=path.name)


def deleted(folder, *rows, frame=None, name="parcels"):
    """A shapefile with rows marked as deleted."""
    path = shapefile(folder, frame, name)
    dbf = path.with_suffix(".dbf")
    head = dbf.read_bytes()[:32]
    first, step = (int.from_bytes(head[k : k + 2], "little") for k in (8, 10))
    for row in rows:
        patch(dbf, first + row * step, b"*")
    return path.name


DELETED = {"deleted_rows": 1}


@TABLE("A21", "p1 marked as deleted: half of p4 is left of p4", Right(share=0.5, issues=DELETED))
def _(folder):
    return city(folder, land=deleted(folder, 0))


@TABLE("A21", "a dwelling marked as deleted", Right(issues=DELETED))
def _(folder):
    return city(folder, land=deleted(folder, 2))


@TABLE("A21", "a row marked as deleted, in check", Right(share=None, issues=DELETED), command="check")
def _(folder):
    return city(folder, land=deleted(folder, 0))


@TABLE("A21", "every row marked as deleted", Refused("no industrial land: none of 0 rows", file="parcels.shp"))
def _(folder):
    return city(folder, land=deleted(folder, *range(4)))


@TABLE("A21", "a block marked as deleted: p1 is left inside", Right(share=0.5, issues=DELETED))
def _(folder):
    return city(folder, sites=deleted(folder, 1, frame=parks(), name="parks"))
