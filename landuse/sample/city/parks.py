"""The invented parks of the sample city: smooth blobs whose boundaries ignore the parcels and cut them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from landuse.errors import InputError, Problem
from landuse.sample.city.lattice import TILE, Lattice
from landuse.sample.city.outline import WHOLE, Outline, trace

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Geometries, Ints

#: Levels from the highest, as the layer writes them, and what the study file calls them.
LEVELS = {"国家级": "national", "省级": "provincial", "平台": "platform", "乡镇": "town"}
LEVEL_SHARE = (0.2, 0.3, 0.3, 0.2)
LEVEL_WEIGHT = (2.0, 1.2, 0.7, 0.4)
SUFFIX = ("经济技术开发区", "高新技术产业园区", "产业创新平台", "镇工业功能区")
INDUSTRIES = ("装备制造", "电子信息", "生物医药", "新材料", "汽车零部件", "食品饮料", "纺织服装", "数字经济")
SYLLABLES = ("澄霁岚沅翠梧璟汀雁鹭柏棠", "湾屿川原浦溪岭洲塘陂渚坞")
#: Share of the city's land that parks claim.
LAND_SHARE = 0.125
#: A blob's radius stays within 1 ± this of its mean.
WOBBLE = 0.3
HARMONICS = np.array([2.0, 3.0, 5.0])
#: Cells between blobs that do not overlap, and below which a mean radius is no park any more.
CLEAR_CELLS, MIN_RADIUS = 4.0, 3.0
TRIES, CANDIDATES = 600, 16


@dataclass(frozen=True, eq=False)
class Block:
    """One polygon of a park: r(θ) about a centre in lattice indices, and its outline."""

    number: int
    row: float
    col: float
    radius: float
    amplitude: Floats
    phase: Floats
    outline: Outline
    densify: int = 1

    def ring(self) -> Floats:
        """Return the boundary's vertices, each chord cut into `densify` pieces."""
        t = (np.arange(self.densify) / self.densify)[None, :, None]
        start, end = self.outline.start[:, None], self.outline.end[:, None]
        return np.asarray(start + t * (end - start)).reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class Park:
    """A park and its blocks; the first is the main one."""

    park_id: str
    name: str
    level: str
    industry: str
    blocks: tuple[Block, ...] = field(default=())

    @property
    def priority(self) -> tuple[int, str]:
        """Sort key of attribution: the highest level first, then the smallest id as text."""
        return list(LEVELS).index(self.level), self.park_id


def polygons_of(parks: tuple[Park, ...]) -> Geometries:
    """Return the polygon of every block of every park, in order."""
    rings = [b.ring() for p in parks for b in p.blocks]
    return np.array([shapely.Polygon(r) for r in rings], dtype=object)


def coverage(lattice: Lattice, parks: tuple[Park, ...]) -> Floats:
    """Return how much of each cell parks cover: 0, 1, or 0.5 for a cell that a boundary cuts."""
    cover = np.zeros(lattice.shape)
    for block in (b for p in parks for b in p.blocks):
        line = block.outline
        h, w = line.corners.shape
        window = cover[line.row0 : line.row0 + h, line.col0 : line.col0 + w]
        np.maximum(window, np.where(line.corners == WHOLE, 1.0, 0.5 * (line.corners > 0)), out=window)
    return cover


def make_parks(lattice: Lattice, count: int, rng: np.random.Generator) -> tuple[Park, ...]:
    """Invent `count` parks and place their blocks.

    Some parks have several blocks (一园多点), which never meet. With six parks or more, one pair of different
    levels overlaps; with eight, one pair of equal level; with ten, another pair of different levels. Where a
    national park is large enough, a small lower one lies wholly in it.

    Raises
    ------
    InputError
        When the city is too small for so many parks.
    """
    level = _levels(count, rng)
    blocks = _block_counts(level, rng)
    partner = _partners(level)
    weight = np.array(LEVEL_WEIGHT)[level]
    unit = (LAND_SHARE * lattice.shape[0] * lattice.shape[1] / (np.pi * weight.sum())) ** 0.5
    site = _Site(lattice, rng)
    drawn: list[Park] = []
    names = rng.permutation([a + b for a in SYLLABLES[0] for b in SYLLABLES[1]])
    for k in range(count):
        share = _block_shares(int(blocks[k]), rng)
        radii = np.sqrt(weight[k] * share) * unit
        placed = [site.place(k, n, float(radii[n]), partner.get(k) if n == 0 else None) for n in range(blocks[k])]
        text = f"P{k + 1:0{max(2, len(str(count)))}d}"
        name = names[k % len(names)] + (str(k // len(names) + 1) if k >= len(names) else "")
        industry = INDUSTRIES[rng.integers(len(INDUSTRIES))]
        drawn.append(Park(text, name + SUFFIX[level[k]], list(LEVELS)[level[k]], industry, tuple(placed)))
    return _densify(tuple(drawn))


def redraw(lattice: Lattice, park: Park, factor: float) -> Park:
    """Return the park with its main block's radius changed by a factor.

    Raises
    ------
    ArithmeticError
        When the changed blob cannot be traced as one loop.
    """
    main = park.blocks[0]
    outline = _outline(lattice, main.row, main.col, main.radius * factor, main.amplitude, main.phase)
    if outline is None:
        raise ArithmeticError(f"{park.park_id} cannot be redrawn by {factor}")
    changed = replace(main, radius=main.radius * factor, outline=outline)
    return replace(park, blocks=(changed, *park.blocks[1:]))


def _levels(count: int, rng: np.random.Generator) -> Ints:
    """Draw the parks' levels, every level present when there are four parks or more, in no order."""
    bounds = np.round(np.cumsum(LEVEL_SHARE) * count)
    level = np.searchsorted(bounds, np.arange(count), side="right").clip(max=len(LEVELS) - 1)
    return np.asarray(rng.permutation(level))


def _block_counts(level: Ints, rng: np.random.Generator) -> Ints:
    """Give national parks two to four blocks, every second provincial one two, all others one."""
    blocks = np.ones(len(level), dtype=np.int64)
    national, provincial = np.flatnonzero(level == 0), np.flatnonzero(level == 1)
    blocks[national] = rng.integers(2, 5, len(national))
    blocks[provincial[::2]] = 2
    return blocks


def _block_shares(n: int, rng: np.random.Generator) -> Floats:
    """Split a park's land over its blocks; the first, the main one, is the largest."""
    share = np.r_[1.0, rng.uniform(0.3, 0.7, n - 1)]
    return np.asarray(share / share.sum())


def _partners(level: Ints) -> dict[int, tuple[int, str]]:
    """Choose which park's main block is to overlap, or lie in, which earlier park's."""
    n = len(level)
    taken: set[int] = set()
    out: dict[int, tuple[int, str]] = {}

    def pair(kind: str, fits: Bools) -> None:
        for a, b in np.argwhere(np.triu(fits, 1)):
            if not {int(a), int(b)} & taken:
                taken.update((int(a), int(b)))
                out[int(b)] = (int(a), kind)
                return

    differ = np.abs(level[:, None] - level[None, :])
    inner_is_lower = level[:, None] < level[None, :]
    if n >= 4:
        pair("nested", (differ >= 2) & inner_is_lower & (level[:, None] == 0))
    if n >= 6:
        pair("overlap", differ >= 1)
    if n >= 8:
        pair("overlap", differ == 0)
    if n >= 10:
        pair("overlap", differ >= 1)
    return out


class _Site:
    """Where blocks may still go: keeps what is placed already."""

    def __init__(self, lattice: Lattice, rng: np.random.Generator) -> None:
        self.lattice, self.rng = lattice, rng
        self.placed: list[tuple[int, float, float, float]] = []  # park, row, col, radius
        self.main: dict[int, Block] = {}
        self.touched = np.zeros(tuple(n // TILE + 2 for n in lattice.shape), dtype=bool)

    def place(self, park: int, number: int, radius: float, partner: tuple[int, str] | None) -> Block:
        """Find room for a block, smaller and smaller; give up below `MIN_RADIUS`."""
        radius = max(radius, MIN_RADIUS)
        if partner and partner[1] == "nested":
            host = self.main[partner[0]].radius
            radius = 0.25 * host
            if radius < MIN_RADIUS:  # no room in a small city: an overlap will do
                partner, radius = (partner[0], "overlap"), MIN_RADIUS
        while radius >= MIN_RADIUS * 0.999:
            block = self._try(number, radius, partner)
            if block is not None:
                self._keep(park, block)
                return block
            radius *= 0.9
            if partner and partner[1] == "overlap" and radius < MIN_RADIUS:
                partner, radius = None, MIN_RADIUS * 1.5
        raise InputError(
            Problem("the sample city has no room for so many parks", "ask for more parcels or fewer parks")
        )

    def _try(self, number: int, radius: float, partner: tuple[int, str] | None) -> Block | None:
        amplitude = self.rng.uniform(0.2, 1.0, len(HARMONICS)) / HARMONICS
        amplitude *= WOBBLE / amplitude.sum() * self.rng.uniform(0.4, 1.0)
        phase = self.rng.uniform(0, 2 * np.pi, len(HARMONICS))
        centre = self._centre(radius, partner)
        if centre is None:
            return None
        outline = _outline(self.lattice, *centre, radius, amplitude, phase)
        if outline is None:
            return None
        return Block(number + 1, *centre, radius, amplitude, phase, outline)

    def _centre(self, radius: float, partner: tuple[int, str] | None) -> tuple[float, float] | None:
        """Choose a centre clear of other blocks, where few tiles lose their distance to parks."""
        margin = radius * (1 + WOBBLE) * 1.2 + 2
        low, high = np.full(2, margin), np.array(self.lattice.shape) - margin
        if (high <= low).any():
            return None
        if partner:
            host = self.main[partner[0]]
            away = 0.25 * host.radius if partner[1] == "nested" else 0.6 * (host.radius + radius)
            angle = self.rng.uniform(0, 2 * np.pi, TRIES)
            where = np.column_stack([host.row + away * np.sin(angle), host.col + away * np.cos(angle)])
        else:
            where = self.rng.uniform(low, high, (TRIES, 2))
        free = ((where >= low) & (where <= high)).all(axis=1)
        other = np.array([p[1:] for p in self.placed if not partner or p[0] != partner[0]]).reshape(-1, 3)
        apart = np.hypot(where[:, :1] - other[:, 0], where[:, 1:] - other[:, 1])
        free &= (apart > (1 + WOBBLE) * (radius + other[:, 2]) + CLEAR_CELLS).all(axis=1)
        if partner:  # other blocks of the partner must not be met either
            free &= self._clear_of_side_blocks(where, radius, partner[0])
        # small blocks huddle, else they would leave no tile of a small city far from every park
        where = where[free][: CANDIDATES if radius > TILE / 2 else TRIES]
        if not len(where):
            return None
        cost = [self.touched_window(r, c, radius).size - self.touched_window(r, c, radius).sum() for r, c in where]
        row, col = where[int(np.argmin(np.array(cost) + self.rng.uniform(0, 2, len(cost))))]
        return float(row), float(col)

    def _clear_of_side_blocks(self, where: Floats, radius: float, park: int) -> Bools:
        main = self.main[park]
        side = [p[1:] for p in self.placed if p[0] == park and p[1:3] != (main.row, main.col)]
        other = np.array(side).reshape(-1, 3)
        apart = np.hypot(where[:, :1] - other[:, 0], where[:, 1:] - other[:, 1])
        return np.asarray((apart > (1 + WOBBLE) * (radius + other[:, 2]) + CLEAR_CELLS).all(axis=1))

    def touched_window(self, row: float, col: float, radius: float) -> Bools:
        """Return the tiles, about, that a block would be near."""
        low = [max(0, int((c - radius * (1 + WOBBLE) - 6) // TILE)) for c in (row, col)]
        high = [int((c + radius * (1 + WOBBLE) + 6) // TILE) + 1 for c in (row, col)]
        return self.touched[low[0] : high[0], low[1] : high[1]]

    def _keep(self, park: int, block: Block) -> None:
        self.placed.append((park, block.row, block.col, block.radius))
        self.main.setdefault(park, block)
        self.touched_window(block.row, block.col, block.radius)[:] = True


def _outline(
    lattice: Lattice, row: float, col: float, radius: float, amplitude: Floats, phase: Floats
) -> Outline | None:
    reach = radius * (1 + WOBBLE) + 2
    row0, col0 = max(0, int(row - reach)), max(0, int(col - reach))
    row1, col1 = min(lattice.shape[0], int(row + reach) + 1), min(lattice.shape[1], int(col + reach) + 1)
    dr, dc = np.arange(row0, row1 + 1.0)[:, None] - row, np.arange(col0, col1 + 1.0)[None, :] - col
    angle = np.arctan2(dr, dc)[..., None]
    level = radius * (1 + (amplitude * np.cos(HARMONICS * angle + phase)).sum(axis=-1)) - np.hypot(dr, dc)
    rim = np.r_[level[0], level[-1], level[:, 0], level[:, -1]]
    if rim.max() >= 0 or (level == 0).any():
        return None
    return trace(lattice.nodes, level, row0, col0)


def _densify(parks: tuple[Park, ...]) -> tuple[Park, ...]:
    """Give the main blocks of two parks boundaries of thousands of vertices, as digitised ones have."""
    out = list(parks)
    for k in (0, len(parks) // 2):
        main = out[k].blocks[0]
        fine = replace(main, densify=-(-4000 // len(main.outline.start)))
        out[k] = replace(out[k], blocks=(fine, *out[k].blocks[1:]))
    return tuple(out)
