"""The options of the command line, each with its help, and the values they take."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from landuse import i18n
from landuse.i18n import _

# typer fixes every help text when it is defined, here and in landuse.cli.main, so the language has to be known first
i18n.use(os.environ.get("LANDUSE_LANG", "zh") if os.environ.get("LANDUSE_LANG") in i18n.LANGUAGES else "zh")


class Lang(StrEnum):
    """Languages of the output."""

    zh = "zh"
    en = "en"


class Format(StrEnum):
    """Formats the sample city can be written in."""

    gpkg = "gpkg"
    parquet = "parquet"
    shp = "shp"
    gdb = "gdb"


StudyFile = Annotated[
    Path | None, typer.Argument(metavar="STUDY", help=_("The study file (study.toml)."), show_default=False)
]
Out = Annotated[Path | None, typer.Option("--out", help=_("Output folder."), show_default=False)]
Workers = Annotated[int, typer.Option("--workers", min=1, help=_("Threads; they change no number."))]
Language = Annotated[
    Lang | None,
    typer.Option("--lang", help=_("Language of the outputs; default: the study's."), show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help=_("Print JSON on standard output, and nothing else there."))]
Quiet = Annotated[bool, typer.Option("--quiet", help=_("No progress on standard error."))]
Verbose = Annotated[
    int,
    typer.Option(
        "-v", count=True, help=_("Show where an error arose; -vv: a fault of the program too."), show_default=False
    ),
]
ParcelsFile = Annotated[
    Path | None,
    typer.Option("--parcels", help=_("A first look without a study file: the parcel layer."), show_default=False),
]
ParksFile = Annotated[Path | None, typer.Option("--parks", help=_("… the park layer."), show_default=False)]
CodeColumn = Annotated[
    str | None,
    typer.Option("--code-column", help=_("… the column with the class codes."), show_default=False),
]
System = Annotated[
    str | None, typer.Option("--classification", help=_("… the classification system."), show_default=False)
]
ParcelsLayer = Annotated[
    str | None,
    typer.Option("--parcels-layer", help=_("… the layer, where the file has several."), show_default=False),
]
Crs = Annotated[
    str | None,
    typer.Option("--crs", help=_("… the working coordinate system, e.g. EPSG:4549."), show_default=False),
]
