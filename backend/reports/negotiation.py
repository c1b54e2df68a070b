"""SHELL: the address names the format, so whatever an Accept header says is fine."""

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation


class AnythingNegotiation(DefaultContentNegotiation):
    """Never answers 406: errors are problem+json, the rest is what the address says."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type
