"""SHELL: how the OpenAPI document describes the session cookie, the session token and the signature."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension


class BrowserSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "backend.accounts.authentication.BrowserSessionAuthentication"
    name = "browserSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class ScriptSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "backend.accounts.authentication.ScriptSessionAuthentication"
    name = "sessionToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "X-Session-Token"}


class DeviceSignatureScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "backend.accounts.authentication.DeviceSignatureAuthentication"
    name = "deviceSignature"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        why = "RFC 9421, beside Signature-Input and, with a body, Content-Digest (RFC 9530); see docs/sync-protocol.md."
        return {"type": "apiKey", "in": "header", "name": "Signature", "description": why}


class EnrolmentSignatureScheme(DeviceSignatureScheme):  # type: ignore[no-untyped-call]
    target_class = "backend.accounts.authentication.EnrolmentSignatureAuthentication"
    name = "enrolmentSignature"
