"""SHELL: the product's Celery application whose worker has the compiled matching in memory before it forks.

A child that is killed is forked anew, and loading compiled code for each of a thousand deaths is no part of the test.
"""

from typing import Any

import numpy as np
import shapely
from celery.signals import worker_init

from backend.celery import app
from geo.matching.matcher import ground_of
from geo.matching.network import network_of
from patrol.leg_matching import legs_matched
from patrol.track_blob import encode_track

__all__ = ["app"]


@worker_init.connect
def warm_up(**_: Any) -> None:
    """Match one walk along a corner."""
    corner = [shapely.LineString([(0, 0), (200, 0)]), shapely.LineString([(200, 0), (200, 200)])]
    walk = encode_track(np.arange(40) * 5000, np.arange(40) * 5.0, np.zeros(40), np.full(40, 5.0))
    legs_matched(ground_of(network_of(corner)), [walk], ["foot"])
