"""PURE: instants as the API writes them."""

from datetime import UTC, datetime


def wire_time(instant: datetime) -> str:
    """Return an instant as RFC 3339 in UTC with milliseconds."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
