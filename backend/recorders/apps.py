"""Recorder apps of officers."""

from django.apps import AppConfig


class RecordersConfig(AppConfig):
    name = "backend.recorders"
    label = "recorders"
    verbose_name = "轨迹记录应用"
