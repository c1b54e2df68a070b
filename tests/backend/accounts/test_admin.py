"""Django's admin holds reference data for the administrator, and no case content for anybody."""

import pytest
from django.contrib import admin
from django.test import Client

from backend.accounts.models import REFERENCE_APPS, Officer, Unit
from tests.conftest import City


def test_the_administrator_opens_every_list_and_form_of_reference_data(administrator: Officer, city: City) -> None:
    client = Client()
    client.force_login(administrator)
    for model, shown in admin.site._registry.items():
        if model._meta.app_label not in REFERENCE_APPS:
            continue
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert client.get(base).status_code == 200, base
        if shown.has_add_permission(client.get(base).wsgi_request):
            assert client.get(base + "add/").status_code == 200, base


def test_the_administrator_changes_an_officer(administrator: Officer, officer: Officer) -> None:
    client = Client()
    client.force_login(administrator)
    assert client.get(f"/admin/accounts/officer/{officer.id}/change/").status_code == 200


def test_no_case_content_is_registered_in_the_admin() -> None:
    content = {"visits", "patrol", "sync", "reports"}
    assert [model for model in admin.site._registry if model._meta.app_label in content] == []


@pytest.mark.parametrize("account", ["officer", "lead", "neighbour", "analyst"])
def test_nobody_else_gets_into_the_admin(accounts: dict[str, Officer], account: str) -> None:
    client = Client()
    client.force_login(accounts[account])
    assert client.get("/admin/").status_code == 302


def test_a_unit_knows_its_path_and_its_code_cannot_be_changed_later(administrator: Officer, city: City) -> None:
    assert city.station.path == "/B/B1/S1/"
    client = Client()
    client.force_login(administrator)
    page = client.get(f"/admin/accounts/unit/{city.station.id}/change/").content.decode()
    assert 'name="code"' not in page
    assert Unit.objects.get(id=city.station.id).code == "S1"


def test_the_admin_has_no_form_of_its_own_to_guess_passwords_at(administrator: Officer) -> None:
    answer = Client().post("/admin/login/", {"username": "administrator", "password": "guess"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/?next=")
