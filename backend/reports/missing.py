"""SHELL: what a township's figures may still lack: silent phones, announced records that never came, quarantine,
days that wait to be counted, tracks that could not be derived or wait to be matched to other streets.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Count
from django.utils.translation import get_language

from backend.accounts.models import Device
from backend.reports.fact_frames import WHOLE
from backend.reports.models import LegFailure
from backend.reports.runs import ground_is_new, last_night
from geo.models import TouchedDay, UnitArea

SILENT_AFTER = timedelta(days=3)
# Ten seconds are usual: what waits longer means that nobody counts.
COUNTED_WITHIN = timedelta(minutes=2)

TEXTS = {
    "devices_silent": ("{n} 部设备超过 3 天没有联系", "{n} devices silent for more than 3 days"),
    "records_not_received": ("{n} 条记录已登记但尚未收到", "{n} records announced and not received"),
    "records_quarantined": ("{n} 条记录待审核，未计入", "{n} records in quarantine, not counted"),
    "days_waiting": ("{n} 天的数据等待重新统计", "{n} days wait to be counted anew"),
    "tracks_failed": (
        "{n} 段轨迹无法推算，未计入里程和街道",
        "{n} tracks could not be read: no kilometres, no streets",
    ),
    "ground_changed": (
        "道路、边界或算法已更换，轨迹正在重新匹配",
        "streets, borders or the method have changed: tracks are being matched anew",
    ),
}


def missing_by_area(areas: Sequence[int], *, now: datetime) -> dict[int, list[dict[str, Any]]]:
    """Return for each township a list of {kind, count, text}, and for all of them together under `WHOLE`.

    A township that lacks nothing has no entry.
    """
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for area_id, kind, count in _counts(areas, now):
        found[area_id][kind] += count
    return {
        area_id: [_entry(kind, counts[kind]) for kind in TEXTS if counts[kind]] for area_id, counts in found.items()
    }


def _entry(kind: str, count: int) -> dict[str, Any]:
    chinese, english = TEXTS[kind]
    template = english if (get_language() or "").startswith("en") else chinese
    return {"kind": kind, "count": count, "text": template.format(n=count)}


def _counts(areas: Sequence[int], now: datetime) -> Iterable[tuple[int, str, int]]:
    # sync and reports are siblings that do not import each other; its table is named as a foreign key names it.
    mutations = apps.get_model("sync", "Mutation")._default_manager
    areas_by_path: dict[str, list[int]] = defaultdict(list)
    for path, area_id in UnitArea.objects.filter(area__in=areas).values_list("unit__path", "area_id"):
        areas_by_path[path].append(area_id)
    columns = ("unit__path", "made_total", "received_total", "last_contact_at")
    for path, made, received, contact in Device.objects.filter(revoked_at=None).values_list(*columns):
        silent = contact is not None and contact < now - SILENT_AFTER
        for area_id in _areas_of(path, areas_by_path):
            yield area_id, "devices_silent", int(silent)
            yield area_id, "records_not_received", max(0, made - received)
    held = mutations.filter(outcome="quarantined").values_list("unit__path").annotate(n=Count("pk")).order_by()
    for path, count in held:
        for area_id in _areas_of(path, areas_by_path):
            yield area_id, "records_quarantined", count
    yield from _waiting(areas, now)
    if ground_is_new(last_night()):
        yield from ((area_id, "ground_changed", 1) for area_id in {*areas, WHOLE})
    failed = LegFailure.objects.filter(leg__patrol__area__in=areas).values_list("leg__patrol__area")
    for area_id, count in failed.annotate(n=Count("pk")).order_by():
        yield area_id, "tracks_failed", count
        yield WHOLE, "tracks_failed", count


def _waiting(areas: Sequence[int], now: datetime) -> Iterable[tuple[int, str, int]]:
    rows = TouchedDay.objects.filter(area__in=areas, noted_at__lt=now - COUNTED_WITHIN)
    pairs = set(rows.values_list("area_id", "day").distinct())
    yield from ((area_id, "days_waiting", 1) for area_id, _ in pairs)
    yield from ((WHOLE, "days_waiting", 1) for _ in {day for _, day in pairs})


def _areas_of(path: str, areas_by_path: dict[str, list[int]]) -> set[int]:
    """Return the townships of a unit and of the units above it (a beat team's are its station's)."""
    codes = [code for code in path.split("/") if code]
    paths = ["/" + "/".join(codes[:depth]) + "/" for depth in range(1, len(codes) + 1)]
    found = {area_id for above in paths for area_id in areas_by_path.get(above, [])}
    return {WHOLE, *found} if found else set()
