"""The city of table D: parcels, and firms that pay on them.

Four hectares (15 亩 each), one in the park, three scattered. Firm A pays 150 万元 on q1 (10 a 亩, below the 15 of the
rules: inefficient), firm B 450 万元 on q2 (30 a 亩, fine), nobody stands on q3. The quality line `enterprises_joined`
states the tax that was joined, to the cent.
"""

import re

import xlsxwriter
from corpus import Right, Table, city, parcels, parks, square

from landuse.inputs.firm_identity import check_character

TABLE = Table()
HEAD = ("代码", "名称", "宗地", "年度", "面积", "税收")
ROLES = dict(zip(("id", "name", "parcel", "year", "area", "tax"), HEAD, strict=True))
STATED = {"tax": "万元", "area": "亩"}


def code(stem):
    """An invented credit code of seventeen given characters."""
    return stem + check_character(stem)


A, B = code("9199010170000001A"), code("91990101700000026")
#: Eighteen digits without a letter, as a number loses its last three.
DIGITS = [c for k in range(4000) if (c := code(f"9199010170{k:07}")).isdigit() and c[-3:] != "000"][:2]
ROWS = (
    (A, "示例甲（SYNTHETIC）有限公司", "q1", 2024, 15, 150),
    (B, "示例乙（SYNTHETIC）有限公司", "q2", 2024, 15, 450),
)


def land(**columns):
    return parcels(
        [square(0), square(5), square(10), square(15)],
        **{"BSM": ["p1", "q1", "q2", "q3"], "DLBM": ["0601"] * 4, "DLMC": ["工业用地"] * 4, **columns},
    )


def study(folder, name="firms.xlsx", columns=None, units=STATED, frame=None, sites=None, **sections):
    """The study of the four hectares with an enterprise table that is already there."""
    columns = columns or ROLES
    stated = {role: unit for role, unit in (units or {}).items() if role in columns}
    enterprises = {"path": name, "columns": columns, "units": stated or None}
    sites = parks([square(0)]) if sites is None else sites
    frames = {"parcels.gpkg": land() if frame is None else frame, "parks.gpkg": sites}
    return city(folder, frames=frames, enterprises=enterprises, **sections)


def sheet(folder, rows, head=HEAD, **options):
    """A workbook of one sheet as people save it, and the study on it."""
    book = xlsxwriter.Workbook(str(folder / "firms.xlsx"))
    page = book.add_worksheet("企业")
    for k, row in enumerate([head, *rows] if head else rows):
        page.write_row(k, 0, ["" if x is None else x for x in row])
    book.close()
    return study(folder, **options)


def text(folder, body, encoding="utf-8", name="firms.csv", **options):
    """A text table, and the study on it."""
    (folder / name).write_bytes(body if isinstance(body, bytes) else body.encode(encoding))
    return study(folder, name, **options)


def csv(rows=ROWS, head=HEAD, delimiter=","):
    return "".join(delimiter.join(map(str, row)) + "\r\n" for row in [head, *rows])


def joined(yuan, left=0.0, plots=1):
    """The tax joined and left out, to the cent, and how many plots are inefficient."""

    def check(outcome):
        action = next(q["action"] for q in outcome.answer["quality"] if q["check"] == "enterprises_joined")
        got = [float(x.replace(",", "")) for x in re.findall(r"[\d,]+\.\d\d", action)[:3]]
        assert got == [yuan + left, yuan, left], action
        assert outcome.answer["candidates"]["count"] == plots, outcome.answer["candidates"]
        assert outcome.answer["scatter"]["plots"] == 3

    return check


def right(yuan=6_000_000.0, left=0.0, plots=1, **more):
    return Right(share=None, check=joined(yuan, left, plots), **more)


def near(share, within, **more):
    """The share, where ellipsoidal ratios enter it."""

    def check(outcome):
        assert abs(outcome.answer["city"]["share"] - share) <= within, outcome.answer["city"]

    return Right(share=None, check=check, **more)


def case(row, what, must):
    return TABLE(row, what, must, command="candidates")


def drawn(folder, draw, **options):
    """A workbook that `draw` fills, and the study on it."""
    book = xlsxwriter.Workbook(str(folder / "firms.xlsx"))
    draw(book, book.add_worksheet("企业"))
    book.close()
    return study(folder, **options)
