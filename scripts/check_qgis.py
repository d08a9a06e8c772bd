"""Open the layers of a run in QGIS, say how each is drawn, and draw them.

    QT_QPA_PLATFORM=offscreen python3 scripts/check_qgis.py outputs/layers/<study>.gpkg [map.png]

Run it with the Python that QGIS comes with (Debian: python3-qgis); nothing of landuse is needed. Prints one JSON
object: layer to renderer, classes, features, labels and aliases. Exits with 3 where there is no QGIS, with 1 when a
layer does not open or is not drawn by the style it carries.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

try:
    from qgis.core import (
        QgsApplication,
        QgsMapRendererParallelJob,
        QgsMapSettings,
        QgsRenderContext,
        QgsVectorLayer,
    )
    from qgis.PyQt.QtCore import QSize
    from qgis.PyQt.QtGui import QColor
except ImportError:
    print("no QGIS in this Python: not checked")
    sys.exit(3)

#: From the bottom of the map up.
LAYERS = (
    "districts",
    "ledger",
    "faces",
    "blocks",
    "parks",
    "renewal",
    "no_data",
    "candidates",
    "moves",
    "move_lines",
    "changes",
    "violations",
)


def described(layer: Any) -> dict[str, Any]:
    """Return how QGIS draws a layer it opened by itself."""
    renderer = layer.renderer()
    kind = renderer.type()
    categories = renderer.categories() if kind == "categorizedSymbol" else []
    ranges = renderer.ranges() if kind == "graduatedSymbol" else []
    symbols = renderer.symbols(QgsRenderContext())
    return {
        "renderer": kind,
        "by": renderer.classAttribute() if categories or ranges else "",
        "classes": [c.value() for c in categories] or [[r.lowerValue(), r.upperValue()] for r in ranges],
        "symbols": [[one.layerType() for one in symbol.symbolLayers()] for symbol in symbols],
        "colours": [[one.color().name(), one.strokeColor().name()] for one in (s.symbolLayer(0) for s in symbols)],
        "features": layer.featureCount(),
        "labels": layer.labeling().settings().fieldName if layer.labelsEnabled() else "",
        "aliases": [f.alias() for f in layer.fields() if f.alias()],
    }


def draw(layers: list[Any], path: Path) -> None:
    """Draw layers, the last on top."""
    settings = QgsMapSettings()
    settings.setLayers(layers[::-1])
    settings.setDestinationCrs(layers[0].crs())
    settings.setExtent(settings.fullExtent())
    settings.setOutputSize(QSize(1600, 1200))
    settings.setBackgroundColor(QColor("#FFFFFF"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(str(path))


def main(file: Path, picture: Path | None) -> int:
    """Print what QGIS makes of a GeoPackage, and draw it."""
    application = QgsApplication([], False)
    application.initQgis()
    found = {name: QgsVectorLayer(f"{file}|layername={name}", name, "ogr") for name in LAYERS}
    opened = {name: layer for name, layer in found.items() if layer.isValid()}
    print(json.dumps({name: described(layer) for name, layer in opened.items()}, ensure_ascii=False, indent=1))
    if picture is not None:
        draw(list(opened.values()), picture)
    missing = [name for name in ("ledger", "faces", "parks") if name not in opened]
    unstyled = [name for name, layer in opened.items() if not layer.loadDefaultStyle()[1]]
    opened.clear()
    found.clear()
    application.exitQgis()
    if missing or unstyled:
        print(f"not opened: {missing}; without a style of their own: {unstyled}", file=sys.stderr)
    return int(bool(missing or unstyled))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
