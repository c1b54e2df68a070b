"""SHELL: `python -m tests.rings.faults.border <door> <lon> <lat>`: a door turns out to stand elsewhere.

It is moved and placed again as an import of townships does it: put in the new station's feed, retract in the old one's.
"""

import sys

import django

django.setup()

from django.db import transaction  # noqa: E402

from backend.sync.feed import feed_append  # noqa: E402
from geo.imports.placing import doors_place_again  # noqa: E402
from geo.models import Premises  # noqa: E402

if __name__ == "__main__":
    door, lon, lat = sys.argv[1:]
    with transaction.atomic():
        Premises.objects.filter(id=door).update(lon=float(lon), lat=float(lat))
        feed_append(doors_place_again())
