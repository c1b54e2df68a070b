"""SHELL: the product's routes, behind two that can follow a wrong strategy (see `strategies`)."""

from django.urls import path

from backend.urls import *  # noqa: F403
from backend.urls import urlpatterns as product
from tests.rings.server.seeded.strategies import PullStrategy, PushStrategy

urlpatterns = [
    path("api/v1/sync/push", PushStrategy.as_view()),
    path("api/v1/sync/pull", PullStrategy.as_view()),
    *product,
]
