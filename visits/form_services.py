"""SHELL: what writes a campaign's forms down, and reads them."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from backend.common.problems import problem
from visits.checklists import FormDefinition
from visits.form_models import ChecklistForm
from visits.models import Campaign

FormKey = tuple[str, int]


@transaction.atomic
def form_add(*, definition: FormDefinition, campaign_id: UUID | None = None) -> ChecklistForm:
    """Keep one version of a form, and let a campaign ask it from now on. The same again changes nothing.

    Raises `import_refused` for another content under a version that is there, and `campaign_unknown`.
    """
    content = definition.model_dump(mode="json")
    row, _ = ChecklistForm.objects.get_or_create(
        code=definition.form,
        version=definition.version,
        defaults={"title": content["title"], "questions": content["questions"]},
    )
    if form_of(row) != definition:
        why = f"Version {row.version} of {row.code} is there with other questions; give these the next number."
        raise problem("import_refused", why=why)
    if campaign_id is not None and not Campaign.objects.filter(id=campaign_id).update(form=row):
        raise problem("campaign_unknown", id=campaign_id)
    return row


def forms_named(keys: Iterable[FormKey]) -> dict[FormKey, FormDefinition]:
    """Return those of the named versions that exist."""
    wanted = Q(pk__in=[])
    for code, version in set(keys):
        wanted |= Q(code=code, version=version)
    return {(row.code, row.version): form_of(row) for row in ChecklistForm.objects.filter(wanted)}


def form_of(row: ChecklistForm) -> FormDefinition:
    """Return a form as it was written down."""
    return FormDefinition.model_validate(
        {"form": row.code, "version": row.version, "title": row.title, "questions": row.questions}
    )
