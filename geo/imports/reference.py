"""PURE: which CRS a file is in: what it says, or what its sender says; never a guess. And from there to WGS 84."""

from dataclasses import dataclass

import geopandas
import numpy
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from backend.common.problems import problem
from geo.crs import WGS84_EPSG, crs_named, wgs84
from geo.gcj02 import bd09_to_wgs84, gcj02_to_wgs84
from geo.imports.source import RawFile, Shapes, Source

_SHIFTED = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}


@dataclass(frozen=True)
class Reference:
    """The CRS of a file: one that PROJ knows, or one of the two shifted systems by its name."""

    crs: CRS | None
    shifted: str = ""

    @property
    def name(self) -> str:
        """What the report calls it."""
        return self.shifted or (self.crs.to_string() if self.crs is not None else "")


def reference_of(source: Source, raw: RawFile) -> Reference:
    """Return the CRS of a file.

    Raises `crs_missing` where neither the file nor its sender says one, `crs_conflict` where they say different ones
    and `import_refused` where the sender's is not known. What a format only implies (GeoJSON and KML without a word
    are WGS 84) gives way to what the sender says.
    """
    asked = _asked(source.crs)
    said = None if raw.said is None or _undefined(raw.said) else raw.said
    if asked is None:
        if said is None and raw.implied is None:
            raise problem("crs_missing", path=source.path.name)
        return Reference(said if said is not None else raw.implied)
    if said is not None and (asked.crs is None or not _same(asked.crs, said)):
        raise problem("crs_conflict", path=source.path.name, said=said.to_string()[:80], asked=asked.name)
    return asked


def _asked(name: str) -> Reference | None:
    plain = name.strip().lower().replace("-", "")
    if not plain:
        return None
    if plain in _SHIFTED:
        return Reference(None, plain)
    try:
        return Reference(crs_named(name.strip()))
    except ValueError as error:
        raise problem("import_refused", why=f"{error}; nothing is guessed") from None


def _undefined(crs: CRS) -> bool:
    """Return whether a file only says that it does not know: GeoPackage has two such entries."""
    return crs.name.lower().startswith(("undefined", "unknown", "unnamed")) or crs.type_name == "Engineering CRS"


def _same(one: CRS, other: CRS) -> bool:
    """Return whether two descriptions mean one CRS: a .prj has other names and another order of axes than EPSG."""
    if one.equals(other, ignore_axis_order=True):
        return True
    codes = one.to_epsg(), other.to_epsg()
    return codes[0] is not None and codes[0] == codes[1]


def shapes_wgs84(shapes: Shapes, reference: Reference) -> geopandas.GeoSeries:
    """Return shapes as a series in WGS 84, longitude first, with the heights left out."""
    flat = shapely.force_2d(shapes)
    if reference.shifted:
        back = _SHIFTED[reference.shifted]

        def unshifted(lonlat: NDArray[numpy.float64]) -> NDArray[numpy.float64]:
            return numpy.column_stack(back(lonlat[:, 0], lonlat[:, 1]))

        return geopandas.GeoSeries(shapely.transform(flat, unshifted), crs=WGS84_EPSG)
    return wgs84(geopandas.GeoDataFrame(geometry=flat, crs=reference.crs)).geometry
