"""SHELL: what a user would pick to find the street pieces that a track passed: each peer on the same ground.

Each maker gets the data into its peer (indexes too, not counted) and returns the work, which is counted and returns
pairs of track and piece.
"""

import logging
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_spatial
import geopandas
import numpy as np
import psycopg
import pyarrow
import sedonadb
import shapely
from leuvenmapmatching.map.inmem import InMemMap
from leuvenmapmatching.matcher.distance import DistanceMatcher

from tests.bench.peer_ground import BUFFER_M, PASSED_SHARE, PeerGround
from tests.bench.processes_cpu import _own_s

Work = Callable[[], Any]
# Numbers of this file only: nothing of these texts comes from outside.
DWITHIN = f"""
    SELECT DISTINCT f.track, p.piece FROM fixes f JOIN pieces p ON ST_DWithin(f.geometry, p.geometry, {BUFFER_M})
"""  # noqa: S608
BUFFER = f"""
    WITH b AS MATERIALIZED (
        SELECT track, ST_Union(ST_Buffer(geometry, {BUFFER_M})) AS geometry FROM tracks GROUP BY track
    ), c AS MATERIALIZED (SELECT track, (ST_Dump(geometry)).geom AS geometry FROM b)
    SELECT track, piece FROM c JOIN pieces p ON ST_Intersects(p.geometry, c.geometry) GROUP BY track, piece, length_m
    HAVING sum(ST_Length(ST_Intersection(p.geometry, c.geometry))) >= {PASSED_SHARE} * length_m
"""  # noqa: S608


def geopandas_buffer(ground: PeerGround) -> Work:
    """Return geopandas: the track's buffer, overlay, length of what lies within."""

    def work() -> Any:
        buffered = ground.tracks.assign(geometry=ground.tracks.buffer(BUFFER_M)).dissolve("track").reset_index()
        inside = geopandas.overlay(ground.pieces, buffered, how="intersection")
        inside["inside_m"] = inside.length
        sums = inside.groupby(["track", "piece", "length_m"], as_index=False)["inside_m"].sum()
        passed = sums[sums["inside_m"] >= PASSED_SHARE * sums["length_m"]]
        return ground.pairs(passed["track"], passed["piece"])

    return work


def geopandas_dwithin(ground: PeerGround) -> Work:
    """Return geopandas: sjoin of the fixes with the pieces within 25 m."""

    def work() -> Any:
        near = geopandas.sjoin(ground.fixes, ground.pieces, predicate="dwithin", distance=BUFFER_M)
        return ground.pairs(near["track"], near["piece"])

    return work


class PostGIS:
    """One connection with temporary tables; parallel workers off, so that one process has all the CPU."""

    def __init__(self, ground: PeerGround) -> None:
        self.ground = ground
        self.connection = psycopg.connect(
            os.environ["DATABASE_URL"].replace("postgis://", "postgresql://"), autocommit=True
        )
        self.connection.execute("SET max_parallel_workers_per_gather = 0")
        self.connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        self._copy("pieces", ground.pieces, "piece int, length_m float8")
        self._copy("fixes", ground.fixes, "track int")
        self._copy("tracks", ground.tracks, "track int")

    def _copy(self, name: str, frame: geopandas.GeoDataFrame, columns: str) -> None:
        self.connection.execute(f"CREATE TEMP TABLE {name} ({columns}, geometry geometry)")
        rows = zip(*(frame[c].tolist() for c in frame.columns if c != "geometry"),
                   shapely.to_wkb(frame.geometry.to_numpy(), hex=True).tolist(), strict=True)  # fmt: skip
        with self.connection.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self.connection.execute(f"CREATE INDEX ON {name} USING gist (geometry)")
        self.connection.execute(f"ANALYZE {name}")

    def cpu_s(self) -> float:
        """Return the CPU seconds of the backend so far."""
        return _own_s(self.connection.info.backend_pid)

    def work(self, query: str) -> Work:
        """Return the query as work."""

        def work() -> Any:
            rows = np.array(self.connection.execute(query).fetchall(), dtype=np.int64).reshape(-1, 2)
            return self.ground.pairs(rows[:, 0], rows[:, 1])

        return work


def duckdb_dwithin(ground: PeerGround) -> Work:
    """Return DuckDB with its spatial extension from the wheel."""
    connection = duckdb.connect()
    extension = next(Path(duckdb_extension_spatial.__file__).parent.rglob("spatial.duckdb_extension"))
    connection.execute(f"LOAD '{extension}'")
    for name, frame in (("pieces", ground.pieces), ("fixes", ground.fixes)):
        table = frame.drop(columns="geometry").assign(wkb=shapely.to_wkb(frame.geometry.to_numpy()))
        connection.register("given", table)
        connection.execute(
            f"CREATE TABLE {name} AS SELECT * EXCLUDE wkb, ST_GeomFromWKB(wkb) AS geometry FROM given"  # noqa: S608
        )

    def work() -> Any:
        rows = connection.execute(DWITHIN).fetchnumpy()
        return ground.pairs(rows["track"], rows["piece"])

    return work


def sedonadb_dwithin(ground: PeerGround) -> Work:
    """Return SedonaDB."""
    session = sedonadb.connect()
    for name, frame in (("pieces", ground.pieces), ("fixes", ground.fixes)):
        session.create_data_frame(frame).to_memtable().to_view(name)

    def work() -> Any:
        # Its own to_pandas asks for one more package; the Arrow stream does not.
        rows = pyarrow.table(session.sql(DWITHIN)).to_pydict()
        return ground.pairs(rows["track"], rows["piece"])

    return work


def leuven(ground: PeerGround) -> Work:
    """Return leuvenmapmatching on the streets; what it says is not compared by piece (it has edges of its own)."""
    logging.getLogger("be.kuleuven.cs.dtai.mapmatching").setLevel(logging.ERROR)
    streets = InMemMap("streets", use_latlon=False, use_rtree=True, index_edges=True)
    network = ground.ground.network
    at: dict[tuple[float, float], int] = {}
    for edge in range(len(network.street)):
        corners = range(network.corner_start[edge], network.corner_start[edge + 1])
        nodes = [
            at.setdefault((round(network.corner_y_m[i], 1), round(network.corner_x_m[i], 1)), len(at)) for i in corners
        ]
        for i, node in zip(corners, nodes, strict=True):
            streets.add_node(node, (float(network.corner_y_m[i]), float(network.corner_x_m[i])))
        for a, b in pairwise(nodes):
            if a != b:
                streets.add_edge(a, b)
                streets.add_edge(b, a)

    def work() -> Any:
        for walk in ground.walks:
            matcher = DistanceMatcher(streets, max_dist=60, obs_noise=10, max_lattice_width=8, non_emitting_states=True)
            matcher.match([(float(y), float(x)) for x, y in zip(walk.x_m, walk.y_m, strict=True)])
        return None

    return work
