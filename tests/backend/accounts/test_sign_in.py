"""Signing in through allauth headless, for the browser and for scripts."""

import pytest
from django.test import Client

from backend.accounts.models import Officer
from tests.conftest import City

PASSWORD = "correct-horse-battery"


@pytest.fixture
def known(officer: Officer) -> Officer:
    officer.set_password(PASSWORD)
    officer.save()
    return officer


def test_the_browser_signs_in_with_a_csrf_token_and_then_reads(known: Officer) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.get("/_allauth/browser/v1/auth/session").status_code == 401
    token = browser.cookies["csrftoken"].value
    credentials = {"username": "officer", "password": PASSWORD}
    answer = browser.post(
        "/_allauth/browser/v1/auth/login", credentials, content_type="application/json", headers={"x-csrftoken": token}
    )
    assert answer.status_code == 200, answer.content
    assert browser.get("/api/v1/me").json()["officer"]["username"] == "officer"
    assert browser.cookies["sessionid"]["httponly"]


def test_a_push_from_the_browser_without_the_csrf_token_is_refused(known: Officer) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(known)
    answer = browser.post("/api/v1/sync/push", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


def test_a_script_signs_in_and_reads_with_its_session_token(known: Officer) -> None:
    script = Client()
    answer = script.post(
        "/_allauth/app/v1/auth/login", {"username": "officer", "password": PASSWORD}, content_type="application/json"
    )
    token = answer.json()["meta"]["session_token"]
    assert Client().get("/api/v1/me", headers={"x-session-token": token}).status_code == 200
    assert Client().get("/api/v1/me", headers={"x-session-token": "nonsense"}).status_code == 401


def test_a_wrong_password_says_so_and_signs_nobody_in(known: Officer) -> None:
    script = Client()
    answer = script.post(
        "/_allauth/app/v1/auth/login", {"username": "officer", "password": "wrong"}, content_type="application/json"
    )
    assert answer.status_code == 400
    assert script.get("/api/v1/me").status_code == 401


def test_nobody_can_sign_up(city: City) -> None:
    answer = Client().post(
        "/_allauth/app/v1/auth/signup", {"username": "stranger", "password": PASSWORD}, content_type="application/json"
    )
    assert answer.status_code in (403, 409)
    assert not Officer.objects.filter(username="stranger").exists()


def test_signing_out_ends_reading(known: Officer) -> None:
    browser = Client()
    browser.force_login(known)
    assert browser.get("/api/v1/me").status_code == 200
    browser.delete("/_allauth/browser/v1/auth/session")
    assert browser.get("/api/v1/me").status_code == 401
