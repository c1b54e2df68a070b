"""SHELL: three townships in a row with streets, stations, officers and doors; the place where nights are simulated."""

from dataclasses import dataclass

import geopandas
import shapely
from django.contrib.gis.geos import GEOSGeometry, LineString

from backend.accounts.models import Officer, Unit, UnitKind
from geo.crs import WGS84_EPSG, metric
from geo.models import Area, Premises, Street, StreetPiece, UnitArea
from geo.pieces import cut_streets
from tests.factories import AreaFactory, DeploymentFactory, OfficerFactory, PremisesFactory, UnitFactory

TOWNSHIPS, OFFICERS, DOORS = 3, 2, 6
WEST, SOUTH = 114.0, 27.7
# Streets of 0.03° (3 km) going east; those at 0.085° lead over the border into the next township.
STREETS = [(column / 10 + west, row) for column in range(TOWNSHIPS) for row in (0.05, 0.053) for west in (0.02, 0.085)]
STREET_DEG = 0.03


@dataclass(frozen=True)
class Station:
    """A unit, its township, who works there and where they go. A walk begins at the west end of a street."""

    unit: Unit
    area: Area
    officers: list[Officer]
    doors: list[Premises]
    streets: list[tuple[float, float]]


def lay_town() -> list[Station]:
    """Make the town in the current, empty database."""
    deployment = DeploymentFactory()
    bureau = UnitFactory(kind=UnitKind.BUREAU, code="B")
    stations = [_station(bureau, column) for column in range(TOWNSHIPS)]
    _lay_streets([station.area for station in stations], deployment.metric_epsg)
    return stations


def _station(bureau: Unit, column: int) -> Station:
    unit, area = UnitFactory(code=f"S{column}", parent=bureau), AreaFactory(column=column, code=f"99090000{column + 1}")
    UnitArea.objects.create(unit=unit, area=area)
    officers = [OfficerFactory(username=f"s{column}-{number}", unit=unit) for number in range(OFFICERS)]
    doors = [
        PremisesFactory(area=area, unit=unit, kind="enterprise" if number % 3 == 0 else "household", name="")
        for number in range(DOORS)
    ]
    streets = [(WEST + west, SOUTH + south) for west, south in STREETS if int(west * 10) == column]
    return Station(unit, area, officers, doors, streets)


def _lay_streets(areas: list[Area], metric_epsg: int) -> None:
    for number, (west, south) in enumerate(STREETS):
        ends = [(WEST + west, SOUTH + south), (WEST + west + STREET_DEG, SOUTH + south)]
        row = Street.objects.create(
            edition="test", ref=f"way/{number}", street_class="residential", line=LineString(ends, srid=WGS84_EPSG)
        )
        frame = geopandas.GeoDataFrame(geometry=[shapely.LineString(ends)], crs=WGS84_EPSG)
        pieces = cut_streets(metric(frame, metric_epsg))
        lines = pieces.to_crs(WGS84_EPSG).geometry
        StreetPiece.objects.bulk_create(
            StreetPiece(
                street=row, ordinal=ordinal, length_m=length_m, line=GEOSGeometry(line.wkb_hex, srid=WGS84_EPSG),
                area=areas[min(int((line.interpolate(0.5, normalized=True).x - WEST) * 10), TOWNSHIPS - 1)],
            )
            for ordinal, length_m, line in zip(pieces["ordinal"], pieces["length_m"], lines, strict=True)
        )  # fmt: skip
