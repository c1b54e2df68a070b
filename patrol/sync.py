"""SHELL: outings as the feed shows them (never their tracks)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, Func, IntegerField, Q

from patrol.models import FixBlock, Leg, Observation, Patrol


def patrol_records(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return outings as the pull sends them, by id."""
    rows: Iterable[Any] = (
        Patrol.objects.filter(id__in=list(ids))
        .annotate(
            officer_ids=ArrayAgg("officers__id", order_by="officers__id", filter=Q(officers__isnull=False), default=[])
        )
        .values(
            "id", "kind", "author", "officer_ids", "plan", "started_at", "ended_at", "ended_how", "version", "unit_id"
        )
    )
    return {row["id"]: {"officers": row.pop("officer_ids"), **row} for row in rows}


def leg_records(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return legs as the pull sends them, by id."""
    rows: Iterable[Any] = Leg.objects.filter(id__in=list(ids)).values(
        "id", "patrol", "mode", "started_at", "version", "unit_id"
    )
    return {row["id"]: row for row in rows}


def fix_block_records(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return that a block of fixes arrived and how many it holds; never the positions."""
    fixes = Func(F("t_ms"), function="cardinality", output_field=IntegerField())
    blocks = FixBlock.objects.filter(id__in=list(ids)).annotate(fixes=fixes)
    rows: Iterable[Any] = blocks.values("id", "leg", "fixes", "outside_count", "version", "unit_id")
    return {row["id"]: row for row in rows}


def observation_records(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return observations as the pull sends them, by id."""
    rows: Iterable[Any] = Observation.objects.filter(id__in=list(ids)).values(
        "id", "patrol", "category", "text", "author", "occurred_at", "place_lon", "place_lat", "version", "unit_id"
    )
    return {row["id"]: row for row in rows}
