"""SHELL: puts the payload of every kind of mutation into the OpenAPI document."""

from typing import Any


def add_mutation_schemas(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular hook."""
    return result
