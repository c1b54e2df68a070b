"""PURE: has the compiled matching made, or read from its cache, before somebody waits for it.

`python -m patrol.warm_up` does so for whoever comes later: `make test` before its lanes of tests, which would each
compile the same.
"""

import numpy as np
import shapely

from geo.matching.matcher import ground_of
from geo.matching.network import network_of
from patrol.leg_matching import legs_matched
from patrol.track_blob import encode_track


def warm_up() -> None:
    """Match one walk round a corner."""
    corner = [shapely.LineString([(0, 0), (200, 0)]), shapely.LineString([(200, 0), (200, 200)])]
    walk = encode_track(np.arange(40) * 5000, np.arange(40, dtype=np.float64) * 5, np.zeros(40), np.full(40, 5.0))
    legs_matched(ground_of(network_of(corner)), [walk], ["foot"])


if __name__ == "__main__":
    warm_up()
