"""SHELL: the Celery tasks of geography; each may run once, twice or after a crash with the same result."""

from uuid import UUID

import structlog
from celery import shared_task

from backend.common.problems import Problem
from geo.packages.services import package_build, package_postpone, packages_mark

log = structlog.get_logger()


@shared_task(name="geo.refresh_map_packages")
def refresh_map_packages() -> int:
    """Queue every package that may differ from the geography; return how many. A lost task is queued again."""
    waiting = packages_mark()
    for unit_id in waiting:
        build_map_package.delay(str(unit_id))
    return len(waiting)


@shared_task(name="geo.build_map_package")
def build_map_package(unit_id: str) -> str:
    """Bring one unit's package up to date; return what happened."""
    try:
        return package_build(unit_id=UUID(unit_id))
    except Problem as failure:
        package_postpone(unit_id=UUID(unit_id))
        log.error("map package not built", unit=unit_id, code=failure.code, why=failure.detail)
        return "failed"
