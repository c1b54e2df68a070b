"""Every route declares who may call it, and every account gets exactly that, on every route."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.accounts.permissions import Policy
from tests.conftest import ACCOUNTS

# Routes that are not ours to decorate. Each names who guards it.
GUARDED_ELSEWHERE = {
    "admin/": "Django's own staff check",
    "_allauth/": "allauth itself: signing in must be possible before one is signed in",
}
PUBLIC_VIEWS = {
    "healthz": "load balancers ask it; says only that the process lives",
    "readyz": "load balancers ask it; names parts, no data",
    "api/v1/schema/": "the API's description holds no data",
    "api/v1/docs/": "Swagger UI of the description",
}


def routes(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (path, view) of every route, outside the prefixes that others guard."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if path in GUARDED_ELSEWHERE:
            continue
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


def policy_of(view: Any) -> Policy | None:
    return getattr(getattr(view, "cls", view), "policy", None)


def test_every_route_declares_a_policy() -> None:
    undeclared = [path for path, view in routes() if path not in PUBLIC_VIEWS and policy_of(view) is None]
    assert undeclared == []


def test_no_route_that_is_listed_as_public_has_gone() -> None:
    assert set(PUBLIC_VIEWS) <= {path for path, _ in routes()}


EXAMPLES = {
    "z": "10",
    "x": "837",
    "y": "431",
    "code": "990900001",
    "upload": "0" * 8 + "-0000-7000-8000-" + "1" * 12,
    "attachment": "0" * 8 + "-0000-7000-8000-" + "1" * 12,
    "record": "0" * 8 + "-0000-7000-8000-" + "1" * 12,
    "item_id": "0" * 8 + "-0000-7000-8000-" + "0" * 12,
    "dispute_id": "0" * 8 + "-0000-7000-8000-" + "0" * 12,
    "party_id": "0" * 8 + "-0000-7000-8000-" + "0" * 12,
    "outing_id": "0" * 8 + "-0000-7000-8000-" + "0" * 12,
    "import_id": "0" * 8 + "-0000-7000-8000-" + "0" * 12,
    "recorder_id": "0" * 8 + "-0000-7000-8000-" + "0" * 12,
    "device_id": "0" * 8 + "-0000-7000-8000-" + "0" * 12,
}


def address(path: str) -> str:
    """Return an address that the route answers, with an example for every placeholder."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: EXAMPLES[found[1]], path)


@pytest.mark.parametrize("account", [*ACCOUNTS, "nobody"])
def test_every_account_gets_what_the_policy_of_each_route_says(
    accounts: dict[str, Officer], client_of: Callable[[Officer | None], APIClient], account: str
) -> None:
    officer = accounts.get(account)
    client = client_of(officer)
    for path, view in routes():
        policy = policy_of(view)
        if policy is None or policy.public:
            continue
        methods = getattr(view, "cls", view).http_method_names
        own_methods = [m for m in ("get", "post") if m in methods and hasattr(getattr(view, "cls", view), m)]
        for method in own_methods:
            response = getattr(client, method)(address(path))
            if officer is None:
                expected = (401, "not_authenticated")
            elif policy.roles is not None and not officer.has_role(*policy.roles):
                expected = (403, "not_allowed")
            else:
                assert response.status_code not in (401, 403, 500), (path, response.content)
                continue
            assert (response.status_code, response.json()["code"]) == expected, (account, method, path)


def test_an_address_that_does_not_exist_answers_a_problem(
    client_of: Callable[[Officer | None], APIClient], db: None
) -> None:
    response = client_of(None).get("/api/v1/nothing")
    assert (response.status_code, response["Content-Type"], response.json()["code"]) == (
        404,
        "application/problem+json",
        "not_found",
    )


def test_a_deactivated_officer_reads_nothing_more(
    officer: Officer, client_of: Callable[[Officer | None], APIClient]
) -> None:
    client = client_of(officer)
    assert client.get("/api/v1/me").status_code == 200
    officer.is_active = False
    officer.save()
    assert client.get("/api/v1/me").status_code == 401
