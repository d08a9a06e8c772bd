"""Names for arrays by what they hold; shapes are said where they are used."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Rows of a table or an array.
Positions = NDArray[np.int64]
#: Coordinates, two or three a row.
Points = NDArray[np.float64]
Geometries = NDArray[np.object_]
Texts = NDArray[np.object_]
#: Texts of a fixed width.
Strings = NDArray[np.str_]
