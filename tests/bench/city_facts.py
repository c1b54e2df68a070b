"""A city's three months of facts in bulk, in a database of its own: what the coverage bench measures on.

186 townships and stations, 37,200 doors, 62,000 household and 8,000 enterprise visits, 47,500 outings of two officers
(95,000 deployments), 59,000 disputes, 60,000 street pieces with 2.8 million passes. Invented by arithmetic, not by
chance: two runs measure the same rows. Raw fixes are left out: what a leg did stands in its derived rows. Plain SQL,
because a row at a time through the models would take minutes; a new column without a default must be added by hand.
"""

from datetime import date
from pathlib import Path
from string import Template

from django.db import connection

from geo.selectors import deployment
from patrol.derivation import _fingerprint

FIRST, LAST = date(2026, 8, 1), date(2026, 10, 29)
SIZES = {
    "branches": 10, "townships": 186, "doors": 37_200, "visits": 70_000, "outings": 47_500, "disputes": 59_000,
    "streets": 600, "pieces": 60_000, "mutations": 176_000,
}  # fmt: skip


def sizes(scale: float) -> dict[str, int]:
    """Return how many there are of everything in `scale` cities; doors are 200 a township."""
    scaled = {name: round(n * scale) for name, n in SIZES.items()}
    return scaled | {"doors": SIZES["doors"] // SIZES["townships"] * scaled["townships"]}


def fill(scale: float = 1) -> None:
    """Write the city, or a province of `scale` cities, into the current, empty database."""
    with connection.cursor() as cursor:
        cursor.execute(Template(Path(__file__).with_suffix(".sql").read_text()).substitute(sizes(scale)))
        # What these legs did is invented and not derived: they must not count as stale.
        cursor.execute("UPDATE patrol_leg SET derived_from = %s", [_fingerprint(deployment(), 0, 1, 1)])
        cursor.execute("ANALYZE")
