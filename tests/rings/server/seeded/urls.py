"""SHELL: the product's routes."""

from backend.urls import *  # noqa: F403
