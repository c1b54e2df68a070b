"""PURE: a coverage table as GeoJSON, CSV (for Excel) and Parquet bytes."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas
import pandas as pd
from shapely.geometry import shape

from backend.reports.suppression import HIDDEN

# What a spreadsheet takes for a formula (OWASP, CSV injection); a leading apostrophe makes it text again.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Row = Mapping[str, Any]


def as_geojson(rows: Sequence[Row], geometries: Mapping[int, str], members: Mapping[str, Any]) -> bytes:
    """Return an RFC 7946 FeatureCollection; `members` stand beside `features`; no geometry is null."""
    features = [
        {"type": "Feature", "id": row["id"], "properties": _without_id(row), "geometry": _geometry(geometries, row)}
        for row in rows
    ]
    collection = {"type": "FeatureCollection", **members, "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def as_csv(rows: Sequence[Row], columns: Sequence[str], constants: Mapping[str, Any]) -> bytes:
    """Return UTF-8 with a byte order mark, without which Excel shows Chinese as rubbish; texts cannot be formulas."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*columns, *constants])
    for row in rows:
        writer.writerow([csv_cell(value) for value in (*(row[name] for name in columns), *constants.values())])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def csv_cell(value: Any) -> Any:
    """Return a value as one cell: lists of what is missing as their texts, True as 1, nothing as empty."""
    if isinstance(value, list):
        value = "; ".join(str(entry["text"]) for entry in value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value


def as_parquet(rows: Sequence[Row], geometries: Mapping[int, str], constants: Mapping[str, Any]) -> bytes:
    """Return GeoParquet (WGS 84), or plain Parquet without geometries.

    A hidden count is null there, and `hidden` names the columns that hide one: a column keeps one type.
    """
    out = io.BytesIO()
    frame = pd.DataFrame([{**_flat(row), **constants} for row in rows])
    if geometries:
        shapes = [shape(json.loads(geometries[row["id"]])) for row in rows]
        geopandas.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326").to_parquet(out, index=False)
    else:
        frame.to_parquet(out, index=False)
    return out.getvalue()


def _flat(row: Row) -> dict[str, Any]:
    hidden = [name for name, value in row.items() if value == HIDDEN]
    texts = "; ".join(entry["text"] for entry in row["missing"])
    shown = {name: value for name, value in row.items() if name != "key"}
    return {**shown, **dict.fromkeys(hidden), "missing": texts, "hidden": ",".join(hidden)}


def _without_id(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {"id", "key"}}


def _geometry(geometries: Mapping[int, str], row: Row) -> Any:
    text = geometries.get(row["id"])
    return None if text is None else json.loads(text)
