"""SHELL: runs an import as one transaction that stays or, as a dry run, is rolled back."""

from collections.abc import Callable

from django.db import transaction

from backend.sync.feed import feed_append
from geo.imports.report import ImportReport


@transaction.atomic
def import_run(*, bring_in: Callable[[], ImportReport], apply: bool) -> ImportReport:
    """Return the report of an import. A dry run is the same import, rolled back: its report cannot differ.

    The feed's numbers are taken last, because they lock the counters of the stations until commit.
    """
    report = bring_in()
    feed_append(report.changes)
    if not apply:
        transaction.set_rollback(True)
    return report
