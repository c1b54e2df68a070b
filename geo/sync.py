"""SHELL: doors as the feed shows them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from geo.models import Premises, PremisesProposal


def premises_records(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return doors as the pull sends them, by id."""
    rows: Iterable[Any] = Premises.objects.filter(id__in=list(ids)).values(
        "id",
        "kind",
        "address",
        "name",
        "door_plate",
        "lon",
        "lat",
        "state",
        "active_from",
        "duplicate_of",
        "area__code",
        "beat__name",
        "last_visited_at",
        "last_outcome",
        "next_due_on",
        "version",
        "unit_id",
    )
    return {row["id"]: _premises_record(row) for row in rows}


def _premises_record(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **{
            key: row[key]
            for key in ("id", "unit_id", "kind", "address", "name", "door_plate", "lon", "lat", "state", "version")
        },
        "proposed": row["active_from"] is None,
        "duplicate_of": row["duplicate_of"],
        "area": row["area__code"],
        "beat": row["beat__name"],
        "last_visited_at": row["last_visited_at"],
        "last_outcome": row["last_outcome"] or None,
        "next_due_on": row["next_due_on"],
    }


def proposal_records(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return proposed changes of doors as the pull sends them, by id."""
    rows: Iterable[Any] = PremisesProposal.objects.filter(id__in=list(ids)).values(
        "id",
        "premises",
        "author",
        "wanted_state",
        "base_state",
        "reason",
        "proposed_at",
        "approved",
        "version",
        "unit_id",
    )
    return {row["id"]: row for row in rows}
