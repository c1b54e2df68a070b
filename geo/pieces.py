"""PURE: cuts street centre lines into equal pieces of about 20 m, the grains in which street coverage is counted."""

from itertools import pairwise

import geopandas
import numpy
import pandas
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

PIECE_M = 20.0


def piece_count(length_m: float, piece_m: float = PIECE_M) -> int:
    """Return into how many equal pieces a line is cut so that each is nearest to `piece_m`; at least one."""
    return max(1, round(length_m / piece_m))


def cut_streets(streets: geopandas.GeoDataFrame, piece_m: float = PIECE_M) -> geopandas.GeoDataFrame:
    """Return one row a piece: `street` (index of its street), `ordinal` from 0 along the line, `length_m`, geometry.

    `streets` holds LineStrings in a metric CRS. The pieces of a street are equally long and their lengths sum to the
    street's. A street without length has no piece. No streets: an empty frame with the same columns.
    """
    lengths_m = streets.length.to_numpy()
    kept = numpy.flatnonzero(lengths_m > 0)
    cuts = [_cut(streets.geometry.iloc[i], float(lengths_m[i]), piece_m) for i in kept]
    counts = [len(pieces) for pieces in cuts]
    lines = [piece for pieces in cuts for piece in pieces]
    columns = {
        "street": streets.index.to_numpy()[numpy.repeat(kept, counts)],
        "ordinal": numpy.concatenate([numpy.arange(count) for count in counts]) if counts else numpy.empty(0, int),
        "length_m": shapely.length(numpy.array(lines, dtype=object)) if lines else numpy.empty(0),
    }
    return geopandas.GeoDataFrame(pandas.DataFrame(columns), geometry=lines, crs=streets.crs)


def _cut(line: BaseGeometry, length_m: float, piece_m: float) -> list[BaseGeometry]:
    count = piece_count(length_m, piece_m)
    whole = shapely.LineString(shapely.get_coordinates(line))
    edges = numpy.linspace(0.0, length_m, count + 1)
    return [substring(whole, start, end) for start, end in pairwise(edges)]
