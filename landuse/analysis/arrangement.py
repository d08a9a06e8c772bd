"""The arrangement: the plane cut by every park boundary into faces, and who claims each face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]
    Positions = NDArray[np.int64]


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

    Only parts that touch are noded together; a part on its own is its own face. Land that no region covers (the hole
    of a ring of parks) is no face.

    Parameters
    ----------
    regions : array of polygons or multipolygons, shape (r,)
        Valid; they may overlap, nest, touch or repeat.

    Returns
    -------
    Arrangement
        Of shapes as documented there.

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
    alone = np.bincount(group)[group] == 1
    faces = [parts[alone]]
    for g in np.unique(group[~alone]):
        lines = shapely.union_all(shapely.boundary(parts[group == g]))
        faces.append(shapely.get_parts(shapely.polygonize(shapely.get_parts(lines))))
    every = np.concatenate(faces)
    face, part = tree.query(shapely.point_on_surface(every), predicate="within")
    covered, position = np.unique(face, return_inverse=True)
    return Arrangement(every[covered], np.unique(np.column_stack([position, region[part]]), axis=0))
