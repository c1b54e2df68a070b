"""SHELL: what a device needs to know of its officer before anything else (`GET /api/v1/me`)."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from backend.accounts.models import Officer, Unit, UnitKind
from backend.accounts.scope import working_unit
from backend.common.sealing import public_key
from backend.sync.wire import wire_time
from geo.models import Deployment
from geo.selectors import city_bounds, city_day, deployment_or_none, townships_of_unit
from patrol.plans import plans_of
from visits.form_services import form_of
from visits.models import Campaign
from visits.schedule import DUE_AFTER_DAYS


def profile(officer: Officer, *, now: datetime) -> dict[str, Any]:
    """Return the officer, unit, colleagues, townships, city, running campaign and plans; null where there is none."""
    place = deployment_or_none()
    unit = working_unit(officer)
    return {
        "officer": _officer(officer) | {"username": officer.username, "roles": sorted(officer.roles)},
        "unit": _unit(officer.unit),
        "deployment": None if place is None else _deployment(place),
        "areas": [] if place is None or unit is None else _areas(unit),
        "colleagues": [] if unit is None else _colleagues(unit),
        "campaign": None if place is None or unit is None else _campaign(unit, city_day(now)),
        "plans": [] if place is None or unit is None else plans_of(officer, unit, today=city_day(now)),
        "due_after_days": dict(DUE_AFTER_DAYS),
        "sealing_key": public_key(),
        "lock": {
            "mode": settings.PHONE_LOCK,
            "after_minutes": settings.PHONE_LOCK_MINUTES,
            "offline_hours": settings.PHONE_OFFLINE_HOURS,
        },
        "server_time": wire_time(now),
        "app_version": settings.VERSION,
    }


def _officer(officer: Officer) -> dict[str, Any]:
    return {"id": officer.id, "name": officer.name, "badge_number": officer.badge_number}


def _deployment(place: Deployment) -> dict[str, Any]:
    return {
        "city": place.city,
        "name": place.name,
        "zone": place.zone,
        "metric_epsg": place.metric_epsg,
        "schematic_boundaries": place.schematic_boundaries,
        "attribution": place.attribution,
        "bounds": city_bounds(),
    }


def _unit(unit: Unit | None) -> dict[str, Any] | None:
    return None if unit is None else {"code": unit.code, "name": unit.name, "kind": unit.kind}


def _areas(unit: Unit) -> list[Any]:
    return list(townships_of_unit(unit).order_by("code").values("code", "name", "level"))


def _colleagues(unit: Unit) -> list[dict[str, Any]]:
    same = Q(unit=unit) | Q(unit__parent=unit, unit__kind=UnitKind.BEAT_TEAM)
    return [_officer(one) for one in Officer.objects.filter(same, is_active=True).order_by("badge_number", "name")]


def _campaign(unit: Unit, today: date) -> dict[str, Any] | None:
    # A campaign of the own unit or of any unit above it, running today; the one that started last.
    above = [part for part in unit.path.split("/") if part]
    running = Campaign.objects.filter(Q(unit__code__in=above), starts_on__lte=today, ends_on__gte=today)
    found = running.select_related("form").order_by("-starts_on", "id").first()
    if found is None:
        return None
    form = None if found.form is None else form_of(found.form).model_dump(mode="json")
    return {"form": form} | {name: getattr(found, name) for name in ("id", "name", "starts_on", "ends_on")}
