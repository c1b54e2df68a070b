"""SHELL: the project itself as an app, so that its system checks are found."""

from django.apps import AppConfig


class BackendConfig(AppConfig):
    name = "backend"
    label = "backend"
    verbose_name = "巡访"

    def ready(self) -> None:
        from backend import checks  # noqa: F401  (importing registers the checks)
