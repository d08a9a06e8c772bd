"""The arrangement: the plane cut by every park boundary into faces, and who claims each face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from landuse.analysis.overlay.pieces import GRID
from landuse.errors import AccountingError

if TYPE_CHECKING:
    from landuse.geo.arrays import Geometries, Positions


@dataclass(frozen=True)
class Arrangement:
    """Faces and claims.

    Attributes
    ----------
    faces : array of polygons, shape (f,)
        Disjoint interiors; their union is that of the regions.
    claims : array of int, shape (c, 2)
        (face, region) for every region that covers a face, sorted by face and then by region.
    """

    faces: Geometries
    claims: Positions

    @property
    def owner(self) -> Positions:
        """The first region that claims each face: the one that owns it, when regions are sorted by rank."""
        _, first = np.unique(self.claims[:, 0], return_index=True)
        return np.asarray(self.claims[first, 1], dtype=np.int64)


def arrange(regions: Geometries) -> Arrangement:
    """Cut the plane by the boundaries of `regions` into faces, and say which regions cover each.

    Only parts that touch are noded together; a part that touches none but its own region's is its own face. Land that
    no region covers (the hole of a ring of parks) is no face.

    Parameters
    ----------
    regions : array of polygons or multipolygons, shape (r,)
        Valid; they may overlap, nest, touch or repeat.

    Returns
    -------
    Arrangement
        Of shapes as documented there.

    Raises
    ------
    AccountingError
        When the faces of a part do not make it up, neither noded plainly nor on the grid of
        `landuse.analysis.overlay.pieces`.

    Examples
    --------
    Two overlapping squares make three faces; the middle one is claimed by both, and the first owns it:

    >>> two = arrange(np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)]))
    >>> sorted(shapely.area(two.faces).tolist()), len(two.claims)
    ([1.0, 1.0, 1.0], 4)
    """
    parts, region = shapely.get_parts(regions, return_index=True)
    tree = shapely.STRtree(parts)
    i, j = tree.query(parts, predicate="intersects")
    touching = coo_array((np.ones(len(i), dtype=np.int8), (i, j)), shape=(len(parts), len(parts)))
    _, group = connected_components(touching, directed=False)
    # parts of one valid region have no land in common: they are noded only where another region joins them
    alone = np.bincount(np.unique(np.column_stack([group, region]), axis=0)[:, 0])[group] == 1
    faces, claims, count = [parts[alone]], [np.column_stack([np.arange(alone.sum()), region[alone]])], int(alone.sum())
    for g in np.unique(group[~alone]):
        members = np.flatnonzero(group == g)
        these, face, part = _node(parts[members])
        faces.append(these)
        claims.append(np.column_stack([face + count, region[members[part]]]))
        count += len(these)
    return Arrangement(np.concatenate(faces), np.unique(np.vstack(claims), axis=0))


def _node(parts: Geometries) -> tuple[Geometries, Positions, Positions]:
    """Return the faces of parts that touch, and every pair (face, part that covers it).

    Nearly coincident edges may lose a face; then the faces do not make up their parts, and the grid decides.
    """
    edge = shapely.boundary(parts)
    for grid in (None, GRID):
        lines = shapely.union_all(edge, grid_size=grid)
        every = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
        face, part = shapely.STRtree(parts).query(shapely.point_on_surface(every), predicate="within")
        made_up = np.bincount(part, shapely.area(every)[face], len(parts))
        if (np.abs(made_up - shapely.area(parts)) <= GRID * shapely.length(parts)).all():
            covered, position = np.unique(face, return_inverse=True)
            return every[covered], position, part
    message = "the faces of overlapping parks do not make them up"
    raise AccountingError(message)
