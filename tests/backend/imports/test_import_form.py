"""`import_form`: one version of a campaign's form, from a file that a person wrote."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.demo.door_form import DOOR_FORM
from tests.factories import CampaignFactory
from visits.form_models import ChecklistForm


def run(path: Path, content: Any, *arguments: str) -> str:
    path.write_text(json.dumps(content), encoding="utf-8")
    out = io.StringIO()
    call_command("import_form", str(path), *arguments, stdout=out)
    return out.getvalue()


def test_a_form_is_written_only_with_apply_and_the_campaign_asks_it(tmp_path: Path, db: None) -> None:
    campaign = CampaignFactory()
    file = tmp_path / "form.json"
    assert "nothing was written" in run(file, DOOR_FORM, f"--campaign={campaign.id}")
    assert not ChecklistForm.objects.exists()
    assert (
        run(file, DOOR_FORM, f"--campaign={campaign.id}", "--apply") == "form winter-safety, version 1: 5 questions\n"
    )
    campaign.refresh_from_db()
    assert campaign.form == ChecklistForm.objects.get()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({**DOOR_FORM, "version": 0}, "version: Input should be greater than or equal to 1"),
        ({**DOOR_FORM, "questions": []}, "questions: List should have at least 1 item"),
        ([], "form: Input should be"),
    ],
)
def test_what_is_wrong_with_a_form_is_one_line(tmp_path: Path, db: None, content: Any, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        run(tmp_path / "form.json", content, "--apply")


def test_another_content_under_a_known_version_is_refused(tmp_path: Path, db: None) -> None:
    file = tmp_path / "form.json"
    run(file, DOOR_FORM, "--apply")
    with pytest.raises(CommandError, match="give these the next number"):
        run(file, {**DOOR_FORM, "questions": DOOR_FORM["questions"][:2]}, "--apply")


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path, db: None) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_form", str(tmp_path / "none.json"))
