"""Real failures of overlay engines, collected by JTS: none may crash, none may be silently wrong.

Each pair is brought to the size of a city by a power of two, which changes no bit of a mantissa: what broke an engine
still would. Nothing is moved. The measure is Clipper's on a grid of a tenth of a millimetre.
"""

import xml.etree.ElementTree as ET

import numpy as np
import pyclipper
import pytest
import shapely
from toys import WORKING, array, ledger, parcels, parks

from landuse import schema as s
from landuse.analysis.overlay.arrangement import arrange
from landuse.analysis.overlay.cut import count_once
from landuse.analysis.share.proof import prove
from landuse.errors import AccountingError
from landuse.geo.repair import polygonal, repair

GRID = 1e-4
#: Extents of a city [m].
CITY = (200.0, 400_000.0)


def shape(element):
    """The geometry of a case: hexadecimal well-known binary, or text."""
    text = (element.text or "").strip() if element is not None else ""
    if not text:
        return None
    return shapely.from_wkb(text) if text[:2] in ("00", "01") else shapely.from_wkt(text)


def cases(folder):
    """Every case of every file: its name and its one or two geometries."""
    for path in sorted(folder.glob("*.xml")):
        for k, case in enumerate(ET.parse(path).getroot().iter("case")):  # noqa: S314, data of this test only
            found = [g for g in (shape(case.find(x)) for x in "ab") if g is not None]
            if found:
                yield f"{path.stem} {k}", found


def sized(shapes):
    """The same shapes as large as a city, by a power of two."""
    box = shapely.total_bounds(shapes)
    extent = max(box[2] - box[0], box[3] - box[1])
    low, high = CITY
    power = 0
    while extent * 2.0**power < low:
        power += 1
    while extent * 2.0**power > high:
        power -= 1
    return shapely.transform(shapes, lambda xy: xy * 2.0**power)


def land(geometry):
    """The polygons of some geometries, repaired as at the door."""
    done = repair(array(geometry)).geometry
    return [g for g in done if g is not None]


def clipper(subject, clip=None):
    """Area of a union, or of what it has in common with a clip, on the grid."""
    origin = shapely.total_bounds(subject)[:2]

    def rings(polygons):
        found = []
        for polygon in shapely.get_parts(shapely.normalize(polygons)):
            for ring in shapely.get_rings(polygon):
                cells = np.rint((shapely.get_coordinates(ring)[:-1] - origin) / GRID).astype(np.int64).tolist()
                if pyclipper.Area(cells):
                    found.append(cells)
        return found

    # shells and holes wind against each other once normalised, so that non-zero filling unites the polygons
    engine = pyclipper.Pyclipper()
    engine.AddPaths(rings(subject), pyclipper.PT_SUBJECT, True)
    if clip is None:
        done = engine.Execute(pyclipper.CT_UNION, pyclipper.PFT_NONZERO, pyclipper.PFT_NONZERO)
    elif not rings(clip):
        return 0.0
    else:
        engine.AddPaths(rings(clip), pyclipper.PT_CLIP, True)
        done = engine.Execute(pyclipper.CT_INTERSECTION, pyclipper.PFT_NONZERO, pyclipper.PFT_NONZERO)
    return sum(map(pyclipper.Area, done)) * GRID**2


@pytest.fixture(scope="module")
def pairs(data):
    """Polygon pairs, each both ways round."""
    found = []
    for name, shapes in cases(data / "jts-overlay"):
        two = land(sized(array(shapes)))
        if len(two) == 2:
            found += [(name, two), (f"{name} turned", two[::-1])]
    assert len(found) > 300
    return found


def test_a_parcel_and_a_park(pairs):
    withheld, wrong = [], []
    for name, (plot, site) in pairs:
        try:
            book = ledger(parcels([plot], crs=WORKING), parks([site], crs=WORKING))
            prove(book)
        except AccountingError as error:
            withheld.append((name, str(error)))
            continue
        inside = book.parts.loc[book.parts[s.FACE] >= 0, s.PLANAR].sum()
        if abs(inside - clipper(array([plot]), array([site]))) > GRID * (plot.length + 1):
            wrong.append((name, inside))
    assert not wrong
    assert not withheld


def test_two_parks(pairs):
    wrong = []
    for name, (a, b) in pairs:
        regions = shapely.get_parts(array([a, b]))
        made = arrange(regions)
        claimed = np.bincount(made.claims[:, 1], shapely.area(made.faces)[made.claims[:, 0]], len(regions))
        off = np.abs(claimed - shapely.area(regions)) > GRID * (shapely.length(regions) + 1)
        whole = abs(shapely.area(made.faces).sum() - clipper(regions))
        if off.any() or whole > GRID * shapely.length(regions).sum():
            wrong.append(name)
    assert not wrong


def test_two_parcels(pairs):
    wrong = []
    for name, (a, b) in pairs:
        _source, counted, pieces = count_once(array([a, b]))
        off = shapely.area(pieces[counted]).sum() - clipper(array([a, b]))
        if abs(off) > GRID * (a.length + b.length):
            wrong.append((name, off))
    assert not wrong


def test_collections_as_layers_of_parcels(data):
    layers = 0
    for name, shapes in cases(data / "jts-overlay"):
        parts = shapely.get_parts(shapely.get_parts(polygonal(sized(array(shapes)))))
        polygons = land(parts)
        if len(shapes) == 2 or not polygons:
            continue
        layers += 1
        _source, counted, pieces = count_once(array(polygons))
        off = shapely.area(pieces[counted]).sum() - clipper(array(polygons))
        assert abs(off) <= GRID * shapely.length(polygons).sum(), name
    assert layers >= 8
