"""Small cities on an integer grid, made from a seed: every figure of them is known by counting cells.

Nothing here knows the engine or its sample: plain integers, and sets of cells. A cell is a square of 100 m, hence one
hectare and 15 mu; the grid is tiled by parcels (connected cells of one district), parks are rectangles of cells.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

WIDTH, HEIGHT = 18, 11
CELL_M2, CELL_MU = 10_000, 15
YEARS = (2023, 2024, 2025)
#: District code, name, and the columns of cells it takes.
DISTRICTS = (("330110", "余杭区", range(9)), ("330114", "钱塘区", range(9, WIDTH)))
NAMES = {"0601": "工业用地", "0602": "采矿用地", "0103": "旱地", "0301": "乔木林地", "0701": "城镇住宅用地"}
#: Park id, name, level, blocks.
PARKS = (("K1", "东部产业园", "国家级", 2), ("K2", "运河产业园", "省级", 1), ("K3", "临江工业园", "乡镇", 1))
INDUSTRIES = ("2651", "3411", "3521", "3841", "3921")
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"

Cell = tuple[int, int]


@dataclass
class Plot:
    """A parcel: connected cells, and what the register says of it (m², ratios in hundredths)."""

    id: str
    cells: frozenset[Cell]
    code: str
    district: str
    stated_m2: int
    far: int
    coverage: int
    status: str = ""


@dataclass
class Block:
    """A rectangle of cells, of a park."""

    park: str
    name: str
    level: str
    block: str
    cells: frozenset[Cell]


@dataclass
class Row:
    """What a firm reported of a plot in a year, in mu, 10,000 yuan, tonnes and heads; None where it is blank."""

    firm: str
    name: str
    plot: str
    year: int
    mu: int
    tax: int | None
    value_added: int | None
    energy: int | None
    emissions: int | None
    output: int | None
    rd: int | None
    staff: int | None
    grade: str
    industry: str
    role: str
    idle_since: str = ""


@dataclass
class GridCity:
    """A city today and a year ago."""

    seed: int
    plots: list[Plot]
    blocks: list[Block]
    rows: list[Row]
    earlier_plots: list[Plot] = field(default_factory=list)
    earlier_blocks: list[Block] = field(default_factory=list)
    exceptions: dict[str, str] = field(default_factory=dict)
    #: Zone to the least floor-area ratio and coverage by year, in hundredths.
    standards: dict[str, dict[int, tuple[int, int]]] = field(default_factory=dict)


def neighbours(cell, *, corners=False):
    """The cells beside a cell."""
    x, y = cell
    steps = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if (dx, dy) != (0, 0)]
    return {(x + dx, y + dy) for dx, dy in steps if corners or not dx or not dy}


def groups(items, touch):
    """Connected groups of items, breadth first."""
    left, out = list(items), []
    while left:
        group, queue = [], [left.pop(0)]
        while queue:
            one = queue.pop(0)
            group.append(one)
            near = [x for x in left if touch(one, x)]
            queue += near
            left = [x for x in left if x not in near]
        out.append(group)
    return out


def connected(cells):
    """Whether cells hang together by their sides."""
    return len(groups(sorted(cells), lambda a, b: b in neighbours(a))) <= 1


def make_city(seed: int) -> GridCity:
    """Make the city of a seed."""
    rng = random.Random(f"city {seed}")
    blocks = _blocks(rng)
    plots = _plots(rng, blocks)
    city = GridCity(seed, plots, blocks, _rows(rng, plots))
    _earlier(rng, city)
    for code, _name, _columns in DISTRICTS:
        city.standards[code] = {2019: (80, 25), 2024: (rng.choice((100, 120)), rng.choice((30, 33)))}
    return city


def _blocks(rng):
    """Place rectangles that keep a cell apart."""
    blocks, taken = [], set()
    for park, name, level, count in PARKS:
        for k in range(count):
            while True:
                w, h = rng.choice(((3, 3), (4, 3), (3, 4), (2, 4)))
                x, y = rng.randrange(WIDTH - w + 1), rng.randrange(HEIGHT - h + 1)
                cells = {(i, j) for i in range(x, x + w) for j in range(y, y + h)}
                if not cells & taken:
                    break
            taken |= cells.union(*(neighbours(c, corners=True) for c in cells))
            blocks.append(Block(park, name, level, f"{park}-{k + 1}", frozenset(cells)))
    return blocks


def _plots(rng, blocks):
    """Tile the grid: a plot lies in one district and meets at most one block, and what is outside it is one piece."""
    district = {x: code for code, _name, columns in DISTRICTS for x in columns}
    free = [(x, y) for y in range(HEIGHT) for x in range(WIDTH)]
    rng.shuffle(free)
    left, plots, count = set(free), [], dict.fromkeys(district.values(), 0)

    def may(cells):
        met = [b.cells for b in blocks if b.cells & cells]
        return (
            len(met) <= 1 and len({district[x] for x, _y in cells}) == 1 and connected(cells - frozenset().union(*met))
        )

    for cell in free:
        if cell not in left:
            continue
        cells = {cell}
        for _ in range(rng.choice((0, 0, 1, 2, 3, 4, 5))):
            around = sorted(left & set().union(*map(neighbours, cells)) - cells)
            around = [c for c in around if may(cells | {c})]
            cells |= {rng.choice(around)} if around else set()
        left -= cells
        code, inside = district[cell[0]], any(b.cells & cells for b in blocks)
        industrial = rng.random() < (0.75 if inside else 0.2)
        use = "0601" if industrial else rng.choice(("0103", "0103", "0301", "0701", "0602"))
        count[code] += 1
        m2 = len(cells) * CELL_M2 + rng.choice((-4, -3, -2, 2, 3, 4))
        far, coverage = rng.randrange(90, 240), rng.randrange(30, 60)
        status = rng.choice(("供而未用", "用而未尽")) if industrial and rng.random() < 0.06 else ""
        plots.append(Plot(f"{code}{count[code]:04}", frozenset(cells), use, code, m2, far, coverage, status))
    return plots


def credit_code(rng, k):
    """A unified social credit code that passes its check (GB 32100-2015)."""
    stem = "91330100" + "MA" + f"{k:03}" + "".join(rng.choice(CREDIT) for _ in range(4))
    return stem + CREDIT[-sum(CREDIT.index(c) * pow(3, i, 31) for i, c in enumerate(stem)) % 31]


def _rows(rng, plots):
    """Firms of most industrial plots: a few are idle, a few share a plot, one in eight has two plots."""
    rows, firms = [], []
    for plot in (p for p in plots if p.code == "0601"):
        if rng.random() < 0.1:
            continue
        several = len(plot.cells) > 1 and rng.random() < 0.25
        for part in range(2 if several else 1):
            if firms and not several and rng.random() < 0.12:
                firm, name, industry = rng.choice(firms)
            else:
                k = len(firms) + 1
                firm, name, industry = credit_code(rng, k), f"杭州甲{k:03}机械有限公司", rng.choice(INDUSTRIES)
                firms.append((firm, name, industry))
            mu = len(plot.cells) * CELL_MU
            mu = mu * 2 // 3 if several and part == 0 else mu - mu * 2 // 3 if several else mu
            role = "租赁" if part else "自有"
            rows += _years(rng, (firm, name, plot.id), mu, industry, role)
    return _told_apart(rows)


def _told_apart(rows):
    """Rows of which no firm states one figure on two plots in a year: that would be its total, stated twice."""
    stated, out = set(), []
    for row in rows:
        figures = {name: getattr(row, name) for name in ("tax", "value_added", "energy")}
        for name, figure in figures.items():
            if figure is not None:
                while (row.firm, row.year, name, figures[name]) in stated:
                    figures[name] += 1
                stated.add((row.firm, row.year, name, figures[name]))
        out.append(replace(row, **figures))
    return out


def _years(rng, who, mu, industry, role):
    """Three years of a firm on a plot; one that stands idle reports nothing more."""
    weak, greedy = rng.random() < 0.35, rng.random() < 0.15
    a_mu = rng.uniform(6, 12) if weak else rng.uniform(17, 38)
    intensity = rng.uniform(0.58, 0.9) if greedy else rng.uniform(0.12, 0.45)
    grade = rng.choice("CDD" if weak else "AABC")
    idle = f"{rng.choice((2023, 2024))}-0{rng.randrange(1, 10)}-15" if rng.random() < 0.07 else ""
    for year in YEARS:
        tax = round(mu * a_mu * rng.uniform(0.9, 1.1))
        added = round(tax * rng.uniform(5, 7))
        output, energy = added * 4 + rng.randrange(50), round(added * intensity)
        figures = (tax, added, energy, energy // 40 + 1, output, output * 3 // 100, output // 90 + 1)
        quiet = idle and year > int(idle[:4])
        figures = (None,) * len(figures) if quiet else figures
        yield Row(*who, year, mu, *figures, "" if quiet else grade, industry, role, idle)


def _earlier(rng, city):
    """The city a year ago: new and cleared plots, a mine that became a factory, a block that grew by a column."""
    plots = {p.id: p for p in city.plots}
    blocks = list(city.blocks)
    grown = rng.randrange(len(blocks))
    last = max(x for x, _y in blocks[grown].cells)
    was = frozenset(c for c in blocks[grown].cells if c[0] != last)
    blocks[grown] = Block(**(vars(blocks[grown]) | {"cells": was}))
    inside = frozenset().union(*(b.cells for b in city.blocks))
    factories = sorted(p.id for p in city.plots if p.code == "0601")
    outside = [p for p in factories if not plots[p].cells & inside]
    new = rng.sample(outside, 2) + rng.sample([p for p in factories if plots[p].cells & inside], 1)
    mine = rng.choice([p for p in factories if p not in new])
    fields = [p.id for p in city.plots if p.code == "0103"]
    then = dict.fromkeys(new, "0103") | {mine: "0602"} | dict.fromkeys(rng.sample(fields, 2), "0601")
    city.earlier_plots = [Plot(**(vars(p) | {"code": then.get(p.id, p.code)})) for p in city.plots]
    city.earlier_blocks = blocks
    city.exceptions = {new[0]: f"杭政工出〔2025〕{city.seed + 1}号"}
