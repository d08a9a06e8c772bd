"""The run's identity: inputs, parameters and version, and nothing else."""

from importlib.metadata import version

from landuse.io import manifest
from landuse.io.manifest import run_id, versions

INPUTS, PARAMETERS = {"a.gpkg": "00ff"}, {"target": {"share": 0.7}, "lang": "中"}


def test_same_inputs_and_parameters_same_identity():
    assert run_id(dict(INPUTS), dict(PARAMETERS)) == run_id(INPUTS, dict(reversed(PARAMETERS.items())))
    assert len(run_id(INPUTS, PARAMETERS)) == 64


def test_anything_else_is_another_run(monkeypatch):
    here = run_id(INPUTS, PARAMETERS)
    assert run_id({"a.gpkg": "00fe"}, PARAMETERS) != here
    assert run_id({"b.gpkg": "00ff"}, PARAMETERS) != here
    assert run_id(INPUTS, {**PARAMETERS, "target": {"share": 0.71}}) != here
    monkeypatch.setattr(manifest, "version", lambda _name: "99")
    assert run_id(INPUTS, PARAMETERS) != here


def test_versions_name_every_engine():
    told = versions()
    assert told["landuse"] == version("landuse")
    assert {"geos (shapely)", "gdal (pyogrio)", "gdal (rasterio)", "proj (pyproj)"} <= set(told)
    assert all(isinstance(v, str) and v for v in told.values())
