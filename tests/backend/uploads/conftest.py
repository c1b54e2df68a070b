"""Fixtures of attachments: a place for files, pictures made on the spot, an officer's hand-written tus client."""

import base64
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from tests.builders import Json, mutation
from tests.factories import new_id

CHUNK = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def attachments_root(settings: Any, tmp_path: Path) -> Path:
    """A folder of its own for the files of each test."""
    settings.ATTACHMENTS_ROOT = tmp_path / "attachments"
    return Path(settings.ATTACHMENTS_ROOT)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def picture(size: tuple[int, int] = (640, 480), *, kind: str = "JPEG", colour: str = "steelblue", **how: Any) -> bytes:
    """Return a small picture in one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, format=kind, **how)
    return file.getvalue()


def noise(size_px: int = 400) -> bytes:
    """Return a PNG that does not compress: about 3 bytes a pixel."""
    file = io.BytesIO()
    Image.effect_noise((size_px, size_px), 90).convert("RGB").save(file, format="PNG")
    return file.getvalue()


def declaration(record: UUID | str, content: bytes, **fields: Any) -> Json:
    """Return the `attachment.declare` of a content."""
    payload = {"record": str(record), "kind": "photo", "media_type": "image/jpeg", **fields}
    return mutation("attachment.declare", payload | {"sha256": sha256(content), "size_bytes": len(content)})


def metadata(attachment: UUID | str, content: bytes) -> str:
    """Return the Upload-Metadata header of a content."""
    pairs = {"attachment": str(attachment), "sha256": sha256(content)}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


@dataclass
class TusHand:
    """tus by hand over Django's test client: each request and each answer visible in the test."""

    client: APIClient
    headers: dict[str, str] = field(default_factory=dict)

    def create(self, content: bytes, *, attachment: UUID | str | None = None, body: bytes = b"", **headers: str) -> Any:
        sent = {"Upload-Length": str(len(content)), "Upload-Metadata": metadata(attachment or new_id(), content)}
        content_type = CHUNK if body else "text/plain"
        return self.client.generic(
            "POST", "/api/v1/uploads/", body, content_type, headers={"Tus-Resumable": "1.0.0"} | sent | headers
        )

    def address(self, content: bytes, **fields: Any) -> str:
        """Create an upload and return where it lies."""
        response = self.create(content, **fields)
        assert response.status_code == 201, response.content
        return str(response["Location"])

    def head(self, address: str) -> Any:
        return self.client.head(address, headers={"Tus-Resumable": "1.0.0"})

    def patch(self, address: str, offset: int, body: bytes, **headers: str) -> Any:
        sent = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset)}
        return self.client.generic("PATCH", address, body, CHUNK, headers=sent | headers)

    def delete(self, address: str) -> Any:
        return self.client.delete(address, headers={"Tus-Resumable": "1.0.0"})

    def whole(self, content: bytes, attachment: UUID | str | None = None) -> str:
        """Upload a content in one go and return its address."""
        address = self.address(content, attachment=attachment)
        response = self.patch(address, 0, content)
        assert response.status_code == 204, response.content
        return address


@pytest.fixture
def tus_of(client_of: Callable[[Officer | None], APIClient]) -> Callable[[Officer], TusHand]:
    """A function that returns an officer's tus client."""
    return lambda officer: TusHand(client_of(officer))
