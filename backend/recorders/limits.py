"""SHELL: how often a recorder, and somebody unknown, may send. Counted in each web process by itself."""

from uuid import UUID

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class _Limit(SimpleRateThrottle):
    """DRF's sliding window, for one key."""

    def __init__(self, *, rate: str, key: str) -> None:
        self.rate, self._key = rate, key
        super().__init__()

    def get_cache_key(self, request: object, view: object) -> str:
        return self._key


def messages_must_be_few(recorder_id: UUID) -> None:
    """Raise `Throttled` for a recorder that sends without end; emptying its queue after a day offline is allowed."""
    _must_be_few(settings.RECORDER_RATE, f"recorder/{recorder_id}")


def strangers_must_be_few(request: Request) -> None:
    """Raise `Throttled` where an address sent too many wrong secrets. A whole station may share one, so softly."""
    _must_be_few(settings.RECORDER_FAILURE_RATE, f"recorder-failures/{request.META.get('REMOTE_ADDR', '')}")


def _must_be_few(rate: str, key: str) -> None:
    limit = _Limit(rate=rate, key=key)
    if not limit.allow_request(None, None):  # type: ignore[arg-type]
        raise Throttled(limit.wait())
