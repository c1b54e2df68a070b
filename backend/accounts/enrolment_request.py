"""SHELL: what a device sends to be enrolled. The key is checked to be one, so that no other can be stored."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from backend.accounts.signatures import public_key_read
from backend.common.payloads import storable, validation_problem


def _p256(text: str) -> str:
    public_key_read(text)
    return text


class EnrolmentRequest(BaseModel):
    """One device and its public key (base64 SPKI, P-256), with the code of a lead where one is needed."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    device: UUID
    public_key: Annotated[str, Field(max_length=400), AfterValidator(_p256)]
    app_version: Annotated[str, Field(max_length=32), AfterValidator(storable)] = ""
    code: Annotated[str | None, Field(max_length=40)] = None


def enrolment_request(body: bytes) -> EnrolmentRequest:
    """Return the request in a JSON body. Raises `request_invalid` naming the fields."""
    try:
        return EnrolmentRequest.model_validate_json(body)
    except ValidationError as error:
        raise validation_problem("request_invalid", error, why="See errors.") from error
