"""SHELL: the table of the forms that campaigns ask at doors."""

from typing import ClassVar

from django.db import models


class ChecklistForm(models.Model):
    """One version of a form, kept for ever and never changed (a trigger refuses it): answers name their version."""

    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    title = models.JSONField()
    questions = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "走访表单"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "version"], name="form_version_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"
