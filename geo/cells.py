"""PURE: cells: squares of 500 m in the deployment's metric CRS, named by one number that every process computes alike.

The id is row * 2**24 + column + 2**23: columns west of the false origin are negative, and the offset keeps them apart
from the row. Nothing about a cell is stored; its square follows from its id.
"""

import numpy as np
import numpy.typing as npt

CELL_M = 500.0
_COLUMNS = 2**24
_MIDDLE = 2**23

Ids = npt.NDArray[np.int64]


def cell_of_points(x_m: npt.ArrayLike, y_m: npt.ArrayLike) -> Ids:
    """Return the cell of each point, given in metres of the metric CRS; a border belongs to the cell north-east."""
    column = np.floor(np.asarray(x_m, dtype=np.float64) / CELL_M).astype(np.int64)
    row = np.floor(np.asarray(y_m, dtype=np.float64) / CELL_M).astype(np.int64)
    return row * _COLUMNS + column + _MIDDLE


def cell_bounds(ids: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return west, south, east, north of each cell in metres of the metric CRS; one row a cell."""
    row, shifted = np.divmod(np.asarray(ids, dtype=np.int64), _COLUMNS)
    west, south = (shifted - _MIDDLE) * CELL_M, row * CELL_M
    return np.stack([west, south, west + CELL_M, south + CELL_M], axis=-1).astype(np.float64)
