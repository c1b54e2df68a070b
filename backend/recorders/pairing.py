"""PURE: how a recorder app is told where to send to: the link that sets it up."""

import base64
import json
from typing import Any
from urllib.parse import quote, urlencode

# How often a recorder tells where it is, while it moves: what a walk along a street needs.
EVERY_S = 10
EVERY_M = 10


def owntracks_link(*, endpoint: str, username: str, secret: str) -> str:
    """Return the link that sets OwnTracks up (its booklet, "Remote configuration"): HTTP mode, moving, every 10 s."""
    settings: dict[str, Any] = {
        "_type": "configuration",
        "mode": 3,
        "url": endpoint,
        "auth": True,
        "username": username,
        "password": secret,
        "monitoring": 2,
        "moveModeLocatorInterval": EVERY_S,
        "locatorInterval": EVERY_S,
        "locatorDisplacement": EVERY_M,
    }
    # Escaped: in a query a plus sign would be read as a space.
    return "owntracks:///config?inline=" + quote(base64.b64encode(json.dumps(settings).encode()).decode(), safe="")


def traccar_link(*, endpoint: str, secret: str) -> str:
    """Return what Traccar Client reads from a QR code: the server's address with the settings as its query."""
    settings = {"id": secret, "accuracy": "high", "interval": EVERY_S, "distance": EVERY_M, "buffer": "true"}
    return f"{endpoint}?{urlencode(settings)}"
