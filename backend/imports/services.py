"""SHELL: runs an import as one transaction that stays or, as a dry run, is rolled back."""

from collections.abc import Callable

from django.db import transaction

from backend.sync.feed import feed_append
from geo.imports.report import ImportReport
from geo.imports.spool import ChangeSpool


@transaction.atomic
def import_run(*, bring_in: Callable[[ChangeSpool], ImportReport], apply: bool) -> ImportReport:
    """Return the report of an import. A dry run is the same import, rolled back: its report cannot differ.

    The feed's numbers are taken last, because they lock the counters of the stations until commit. Whatever `bring_in`
    raises, a cancellation too, leaves nothing behind.
    """
    spool = ChangeSpool()
    report = bring_in(spool)
    spool.add(report.changes)
    for batch in spool.batches():
        feed_append(batch)
    if not apply:
        transaction.set_rollback(True)
    return report
