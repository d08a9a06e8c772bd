"""The stages on layers that are in memory already: for notebooks and scripts; each answer presents itself.

The frames go through the same reading, checks and proofs as files do (they are written to a folder of their own that is
gone afterwards), so that a notebook and a study file give the same number.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import geopandas as gpd

from landuse.config.study_file import parse_study
from landuse.definition import Definition
from landuse.errors import InputError, Problem
from landuse.i18n import _, current
from landuse.pipeline.answers import Answer
from landuse.pipeline.run import run
from landuse.results.run import computed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from landuse.results.candidates import Candidates
    from landuse.results.change import History
    from landuse.results.concentration import Concentration
    from landuse.results.parks import ParkReview
    from landuse.results.relocation import Relocation
    from landuse.results.run import RunResult


class Options(TypedDict, total=False):
    """What every stage takes besides its layers.

    Attributes
    ----------
    columns, park_columns, district_columns : mapping
        Roles to columns, as a study file has them: {"id": "BSM", "area": "TBDLMJ"}, {"id": "park_id", "level": "jb"},
        {"code": "XZQDM", "name": "XZQMC"}.
    districts : GeoDataFrame
        To report by district.
    definition : Definition
        What the share means; default: core industrial land, cut at the boundary, by registered area where `columns`
        names one, else by ellipsoidal area.
    target : float
        Share that is wanted, 0-1; default 0.70.
    settings : mapping
        Further sections of a study file: {"parks": {"priority": ["national", "town"]}}.
    """

    columns: Mapping[str, str]
    park_columns: Mapping[str, str]
    districts: gpd.GeoDataFrame
    district_columns: Mapping[str, str]
    definition: Definition
    target: float
    settings: Mapping[str, Any]


class FirmOptions(Options, total=False):
    """The same, and what firms report.

    Attributes
    ----------
    enterprises : DataFrame
        One row a firm, plot and year; without it what is unknown stays unknown, never inefficient. `columns` then need
        the parcels' "id".
    enterprise_columns : mapping
        Roles to columns: {"parcel": "宗地代码", "year": "年度", "tax": "税收"}.
    """

    enterprises: pd.DataFrame
    enterprise_columns: Mapping[str, str]


def concentration(
    parcels: gpd.GeoDataFrame,
    parks: gpd.GeoDataFrame,
    *,
    code: str,
    classification: str = "third_survey",
    **options: Unpack[Options],
) -> Answer[Concentration]:
    """What share of the industrial land lies inside the parks?

    Land that several parks or parcels claim counts once; the share is one of the definition, and a second engine
    proves that no land was lost.

    Parameters
    ----------
    parcels, parks : GeoDataFrame
        Polygons, each with its coordinate system.
    code : str
        Column of the land class codes.
    classification : str
        System of the codes: "third_survey", "gbt21010", "land_sea_2023", "gb50137".
    **options : Options
        Columns, districts, definition, target, settings.

    Returns
    -------
    Answer of Concentration

    Raises
    ------
    InputError
        With every problem of the layers, and what to do.

    Examples
    --------
    Two hectares of industry (code 0601), one of them inside the park:

    >>> import geopandas as gpd, landuse, shapely
    >>> from landuse.i18n import language
    >>> squares = [shapely.box(x, 3_340_000, x + 100, 3_340_100) for x in (510_000, 510_100, 510_200)]
    >>> parcels = gpd.GeoDataFrame({"DLBM": ["0601", "0601", "0701"]}, geometry=squares, crs="EPSG:4549")
    >>> parks = gpd.GeoDataFrame(geometry=squares[:1], crs="EPSG:4549")
    >>> answer = landuse.concentration(parcels, parks, code="DLBM")
    >>> round(answer.found.share, 6)
    0.5
    >>> with language("en"):
    ...     answer.table("parks")[["Park land", "Industrial land (attributed)"]].to_numpy().tolist()
    [[15.0, 15.0]]
    """
    result = _run("concentration", _layers(parcels, parks, code, classification, options), options)
    return Answer(result.concentration, result, "concentration")


def candidates(
    parcels: gpd.GeoDataFrame,
    parks: gpd.GeoDataFrame,
    *,
    code: str,
    classification: str = "third_survey",
    rules: str = "zhejiang-2023",
    **options: Unpack[FirmOptions],
) -> Answer[Candidates]:
    """Which industrial plots outside the parks are scattered and inefficient, by which rule, on what evidence?

    Parameters
    ----------
    parcels, parks, code, classification
        As for `concentration`.
    rules : str
        A rule pack that is shipped, or the path of one's own.
    **options : FirmOptions
        Those of `concentration`, and what firms report.

    Returns
    -------
    Answer of Candidates

    Raises
    ------
    InputError
        With every problem of the inputs.
    """
    layers = _layers(parcels, parks, code, classification, options)
    own = str(Path(rules).absolute()) if rules.endswith(".toml") else rules  # the study's folder is not the caller's
    layers["efficiency"] = ({"rules": own}, None)
    result = _run("candidates", layers, options)
    return Answer(computed(result.candidates), result, "candidates")


def relocation_plan(
    parcels: gpd.GeoDataFrame,
    parks: gpd.GeoDataFrame,
    blocks: pd.DataFrame,
    *,
    code: str,
    classification: str = "third_survey",
    **options: Unpack[FirmOptions],
) -> Answer[Relocation]:
    """Which plots should move, be cleared or be rebuilt, and where to, so that the share reaches its target?

    Parameters
    ----------
    parcels, parks
        As for `concentration`.
    blocks : DataFrame
        Blocks that take plots: the columns of a study's table of capacity; blank spare land is measured.
    code, classification
        As for `concentration`.
    **options : FirmOptions
        As for `candidates`; what is wanted of the plan is `settings["relocation"]`, with the keys of a study file.

    Returns
    -------
    Answer of Relocation
        With a bound that no plan can beat; where none is possible, what is missing.

    Raises
    ------
    InputError
        With every problem of the inputs.
    """
    layers = _layers(parcels, parks, code, classification, options)
    layers["capacity"] = ({}, blocks)
    result = _run("relocation", layers, options)
    return Answer(computed(result.relocation), result, "relocation")


def change(
    dates: Mapping[date, tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]],
    *,
    code: str,
    classification: str = "third_survey",
    **options: Unpack[Options],
) -> Answer[History]:
    """What changed between dates: what was built and cleared, inside and outside, and what moved the boundaries?

    Parameters
    ----------
    dates : mapping
        Date to its parcels and parks, two dates at least; columns are named alike at every date.
    code, classification
        As for `concentration`.
    **options : Options
        As for `concentration`.

    Returns
    -------
    Answer of History

    Raises
    ------
    InputError
        With every problem of the layers; for fewer than two dates.
    """
    if len(dates) < 2:
        raise InputError(Problem(_("there is nothing to compare with"), _("give layers of two dates at least")))
    *earlier, last = sorted(dates)
    layers = _layers(*dates[last], code, classification, options)
    layers["study"] = ({"date": last}, None)
    result = _run("change", layers, options, [(day, *dates[day]) for day in earlier])
    return Answer(computed(result.history), result, "change")


def park_comparison(
    parcels: gpd.GeoDataFrame,
    parks: gpd.GeoDataFrame,
    *,
    code: str,
    classification: str = "third_survey",
    **options: Unpack[FirmOptions],
) -> Answer[ParkReview]:
    """How does each park do beside its like: layout, intensity, yield, and its place within its level?

    Parameters
    ----------
    parcels, parks, code, classification
        As for `concentration`.
    **options : FirmOptions
        As for `candidates`.

    Returns
    -------
    Answer of ParkReview

    Raises
    ------
    InputError
        With every problem of the inputs.
    """
    result = _run("parks", _layers(parcels, parks, code, classification, options), options)
    return Answer(computed(result.parks), result, "parks")


#: What a study says of an input, and the frame that stands for its file.
Section = tuple[dict[str, Any], Any]


def _layers(
    parcels: Any, parks: Any, code: str, classification: str, asked: Mapping[str, object]
) -> dict[str, Section]:
    """Return the sections of a study, those of layers and tables with their frames."""
    options: dict[str, Any] = dict(asked)
    if strange := sorted(set(options) - FirmOptions.__optional_keys__):  # typing alone lets a misspelt one pass unseen
        raise TypeError(f"no such option: {', '.join(strange)}; there are {', '.join(FirmOptions.__optional_keys__)}")
    columns = options.get("columns", {})
    meant = options.get("definition", Definition(area="registered" if "area" in columns else "ellipsoidal"))
    out: dict[str, Section] = {
        "parcels": ({"classification": classification, "columns": {"code": code, **columns}}, parcels),
        "parks": ({"columns": dict(options.get("park_columns", {}))}, parks),
        "definition": (asdict(meant), None),
        "target": ({"share": options.get("target", 0.70)}, None),
    }
    if "districts" in options:
        out["districts"] = ({"columns": dict(options.get("district_columns", {}))}, options["districts"])
    if "enterprises" in options:
        out["enterprises"] = ({"columns": dict(options.get("enterprise_columns", {}))}, options["enterprises"])
    return out


def _run(
    stage: str,
    layers: Mapping[str, Section],
    asked: Mapping[str, object],
    earlier: Sequence[tuple[date, Any, Any]] = (),
) -> RunResult:
    """Write the frames, make the study of them, and run it up to a stage."""
    options: dict[str, Any] = dict(asked)
    with tempfile.TemporaryDirectory(prefix="landuse-") as folder:
        home = Path(folder)
        values: dict[str, Any] = {"study": {"lang": current()}}
        for name, (section, frame) in layers.items():
            values[name] = values.get(name, {}) | section
            if frame is not None:
                values[name]["path"] = _written(frame, home, name, section.get("columns", {}))
        for name, more in options.get("settings", {}).items():
            values[name] = {**values.get(name, {}), **more} if isinstance(more, Mapping) else more
        values["snapshots"] = [
            {
                "date": day,
                **{
                    name: {"path": _written(frame, home, f"{name}-{day}", values[name]["columns"])}
                    for name, frame in (("parcels", parcels), ("parks", parks))
                },
            }
            for day, parcels, parks in earlier
        ]
        return run(parse_study(values, home / "study.toml"), stage=stage)


def _written(frame: Any, folder: Path, name: str, columns: Mapping[str, str]) -> str:
    """Write what a study reads of a frame, and return the file's name."""
    if missing := sorted(set(columns.values()) - set(frame.columns)):
        what = _("{name} has no column {columns}", name=name, columns=", ".join(missing))
        raise InputError(Problem(what, _("it has {columns}", columns=", ".join(map(str, frame.columns)))))
    if not isinstance(frame, gpd.GeoDataFrame):
        frame.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8")
        return f"{name}.csv"
    if frame.crs is None:
        raise InputError(Problem(_("{name} has no coordinate system", name=name), _("set it: frame.set_crs(…)")))
    kept = frame[[*dict.fromkeys(columns.values()), frame.geometry.name]].reset_index(drop=True)
    kept.to_parquet(folder / f"{name}.parquet")
    return f"{name}.parquet"
