"""SHELL: `manage.py import_form`: brings one version of a campaign's form in."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from pydantic import ValidationError

from backend.common.payloads import validation_problem
from backend.common.problems import Problem
from visits.checklists import FormDefinition
from visits.form_services import form_add


class Command(BaseCommand):
    help = "Bring one version of a campaign's form in (docs/data.md). A dry run unless told --apply."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a JSON file: form, version, title, questions")
        parser.add_argument("--campaign", type=UUID, help="the campaign that asks this form from now on")
        parser.add_argument("--apply", action="store_true", help="write; without it nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        definition = _definition(options["path"])
        try:
            with transaction.atomic():
                form_add(definition=definition, campaign_id=options["campaign"])
                transaction.set_rollback(not options["apply"])
        except Problem as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(
            f"form {definition.form}, version {definition.version}: {len(definition.questions)} questions"
        )
        if not options["apply"]:
            self.stdout.write("dry run: nothing was written; repeat with --apply")


def _definition(path: Path) -> FormDefinition:
    try:
        return FormDefinition.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        wrong = validation_problem("request_invalid", error, why="").errors
        raise CommandError("; ".join(f"{one.field or 'form'}: {one.message}" for one in wrong)) from None
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}") from None
