"""SHELL: visits and disputes as the feed shows them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, OuterRef, Q, Subquery

from backend.common.payloads import PLACE_COLUMNS, place_of
from visits.models import Attachment, Dispute, DisputeEvent, Hazard, OutreachSession, Party, Visit


def visit_records(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return visits as the pull sends them, by id."""
    wanted = list(ids)
    correction = Visit.objects.filter(corrects=OuterRef("id")).order_by("received_at").values("id")[:1]
    rows: Iterable[Any] = (
        Visit.objects.filter(id__in=wanted)
        .annotate(
            officer_ids=ArrayAgg("officers__id", order_by="officers__id", filter=Q(officers__isnull=False), default=[]),
            corrected_by=Subquery(correction),
        )
        .values(
            "id",
            "premises",
            "outcome",
            "occurred_at",
            "author",
            "author__name",
            "officer_ids",
            "patrol",
            "note",
            "help_asked",
            "advice",
            "dispute_ids",
            "corrects",
            "corrected_by",
            "correction_reason",
            "campaign",
            "checklist",
            *PLACE_COLUMNS,
            "no_place_reason",
            "distance_to_door_m",
            "version",
            "unit_id",
        )
    )
    hazards, attachments = _hazards_by_visit(wanted), _attachments_by_record(wanted)
    return {
        row["id"]: {
            "author_name": row.pop("author__name"),
            "officers": row.pop("officer_ids"),
            "disputes": row.pop("dispute_ids"),
            "hazards": hazards.get(row["id"], []),
            "attachments": attachments.get(row["id"], {"made": 0, "stored": 0}),
            "place": place_of(row),
            "no_place_reason": row.pop("no_place_reason") or None,
            **row,
        }
        for row in rows
    }


def _hazards_by_visit(visit_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    rows: Iterable[Any] = (
        Hazard.objects.filter(visit__in=visit_ids).order_by("id").values("id", "visit", "kind", "note")
    )
    for hazard in rows:
        found.setdefault(hazard.pop("visit"), []).append(hazard)
    return found


def _attachments_by_record(ids: list[UUID]) -> dict[UUID, dict[str, int]]:
    """Return for each record with attachments how many were announced and how many of them have arrived."""
    counted = Attachment.objects.filter(record_id__in=ids).values("record_id").order_by()
    rows: Iterable[Any] = counted.annotate(made=Count("id"), stored=Count("stored_at"))
    return {row.pop("record_id"): row for row in rows}


def dispute_records(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return disputes as the pull sends them, by id."""
    wanted = list(ids)
    rows: Iterable[Any] = Dispute.objects.filter(id__in=wanted).values(
        "id",
        "category",
        "summary",
        "risk",
        "state",
        "source",
        "premises",
        "place_text",
        "area__code",
        "opened_at",
        "author",
        "author__name",
        "assignee",
        "assignee__name",
        "assign_due_on",
        "resolve_due_on",
        "follow_up_due_on",
        "version",
        "unit_id",
    )
    parties = _parties_by_dispute(wanted)
    return {
        row["id"]: {
            "area": row.pop("area__code"),
            "author_name": row.pop("author__name"),
            "assignee_name": row.pop("assignee__name"),
            "parties": parties.get(row["id"], []),
            **row,
        }
        for row in rows
    }


def _parties_by_dispute(dispute_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Return the parties of each dispute, masked; never what is sealed."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    parties = Party.objects.filter(dispute__in=dispute_ids).order_by("role", "id")
    columns = ("id", "dispute", "role", "name_masked", "phone_masked")
    rows: Iterable[Any] = parties.values(*columns, has_contact=~Q(sealed=""))
    for party in rows:
        found.setdefault(party.pop("dispute"), []).append(party)
    return found


def dispute_event_records(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return steps of disputes as the pull sends them, by id."""
    rows: Iterable[Any] = DisputeEvent.objects.filter(id__in=list(ids)).values(
        "id",
        "dispute",
        "event",
        "occurred_at",
        "author",
        "author__name",
        "note",
        "assignee",
        "agreement_form",
        "agreement_terms",
        "transferred_to",
        "follow_up",
        "corrects",
        "ordinal",
        "allowed",
        "version",
        "unit_id",
    )
    return {row["id"]: _event_record(row) for row in rows}


def _event_record(row: dict[str, Any]) -> dict[str, Any]:
    form, terms = row.pop("agreement_form"), row.pop("agreement_terms")
    return {
        "author_name": row.pop("author__name"),
        "agreement": {"form": form, "terms": terms} if form else None,
        "follow_up": row.pop("follow_up") or None,
        **row,
    }


def outreach_records(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return law-outreach sessions as the pull sends them, by id."""
    rows: Iterable[Any] = OutreachSession.objects.filter(id__in=list(ids)).values(
        "id", "topic", "place_text", "area__code", "audience_count", "patrol", "author", "occurred_at", "version",
        "unit_id",
    )  # fmt: skip
    return {row["id"]: {"area": row.pop("area__code"), **row} for row in rows}
