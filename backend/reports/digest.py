"""SHELL: one number for everything that is derived: equal numbers mean equal tables, every float to its last bit."""

import hashlib
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from backend.reports.day_rows import VALUES
from backend.reports.models import TownshipDay
from patrol.models import Leg, LegPieces, LegTownship

# What says when and how often a figure was counted, and not what it is.
_HISTORY = {"id", "revision", "as_of"}


def derived_digests() -> dict[str, str]:
    """Return the SHA-256 of each derived table and column by name, in a fixed order of rows.

    A day that has lost all its facts keeps rows of zeros, and a recount from nothing makes none: such rows are left
    out. Two databases of the same records agree; so do one before and after a rebuild.
    """
    nothing = f"({', '.join(VALUES)}) <> ({', '.join('0' for _ in VALUES)})"
    found = {
        "township days": _table(TownshipDay, nothing),
        "townships of legs": _table(LegTownship),
        "street pieces of legs": _table(LegPieces),
        "outings' townships": _rows("SELECT id, area_id FROM patrol_patrol ORDER BY id"),
    }
    if cells := apps.all_models["patrol"].get("legcell"):
        found["cells of legs"] = _table(cells)
    if any(field.name == "track" for field in Leg._meta.fields):
        found["tracks"] = _rows("SELECT id, track FROM patrol_leg ORDER BY id")
    return found


def _table(model: type[Model], condition: str = "true") -> str:
    names = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields if field.column not in _HISTORY)
    table = model._meta.db_table
    return _rows(f'SELECT {names} FROM "{table}" WHERE {condition} ORDER BY {names}')  # noqa: S608 (our own columns)


def _rows(query: str) -> str:
    """Hash rows in PostgreSQL's binary form, in which a float is its eight bytes."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        plain: Any = cursor.cursor
        with plain.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as stream:
            for block in stream:
                digest.update(block)
    return digest.hexdigest()
