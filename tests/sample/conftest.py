import json
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from landuse.sample import SampleFiles, write_sample

INDUSTRIAL = ("0601", "06H1")


@dataclass(frozen=True)
class Written:
    files: SampleFiles
    truth: dict
    parcels: gpd.GeoDataFrame
    parks: gpd.GeoDataFrame
    firms: pd.DataFrame

    @property
    def industrial(self) -> gpd.GeoDataFrame:
        return self.parcels[self.parcels.DLBM.isin(INDUSTRIAL)]


def read(files: SampleFiles) -> Written:
    return Written(
        files,
        json.loads(files.truth.read_text(encoding="utf-8")),
        gpd.read_file(files.folder / "parcels.gpkg", layer="DLTB"),
        gpd.read_file(files.folder / "parks.gpkg"),
        pd.read_excel(files.folder / "enterprises.xlsx", engine="calamine", dtype={"宗地代码": str, "行业代码": str}),
    )


@pytest.fixture(scope="session")
def town(tmp_path_factory) -> Written:
    """A small clean city with ten parks, overlaps among them."""
    folder = tmp_path_factory.mktemp("town")
    return read(write_sample(folder / "clean", parcels=2500, parks=10, seed=3))


@pytest.fixture(scope="session")
def park_union(town) -> shapely.Geometry:
    union = shapely.union_all(np.asarray(town.parks.geometry))
    shapely.prepare(union)
    return union
