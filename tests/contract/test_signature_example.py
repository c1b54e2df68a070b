"""The signed requests in http/signature.json are read here and by Vitest: the phone signs what the server checks."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import RequestFactory

from backend.accounts.signatures import content_digest_must_match, signature_must_hold, signing_device
from backend.common.problems import Problem

EXAMPLE: dict[str, Any] = json.loads((Path(__file__).parent / "http" / "signature.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", EXAMPLE["cases"], ids=lambda case: str(case["name"]))
def test_the_server_accepts_the_example_and_not_one_letter_less(db: None, case: dict[str, Any]) -> None:
    device, public_key, body = UUID(EXAMPLE["device"]), EXAMPLE["public_key"], case["body"].encode()
    request = RequestFactory().generic(case["method"], case["path"], body, headers=case["headers"])
    assert signing_device(request) == device
    signature_must_hold(request, device_id=device, public_key=public_key, now_s=case["created"])
    content_digest_must_match(request, body)

    request.method = "DELETE"
    with pytest.raises(Problem, match="signature_invalid"):
        signature_must_hold(request, device_id=device, public_key=public_key, now_s=case["created"])
