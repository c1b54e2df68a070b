"""SHELL: the product's settings with the tests' own URL configuration, which can put a wrong strategy in place."""

from backend.settings import *  # noqa: F403

ROOT_URLCONF = "tests.rings.server.seeded.urls"
