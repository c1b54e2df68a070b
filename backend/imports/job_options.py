"""PURE: what may be said about an uploaded file, by the name of each option; the same names as the commands have.

A column that is not to be read, though the file has one of the usual name, is said as `-`.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from backend.common.payloads import storable, validation_problem

Word = Annotated[str, Field(max_length=120), AfterValidator(storable)]
Short = Annotated[str, Field(max_length=32), AfterValidator(storable)]


class LookOptions(BaseModel):
    """What opening a file may be in need of. A field that is not known is refused: no wish is silently dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoding: Short = ""
    layer: Word = ""


class FileOptions(LookOptions):
    """What any file may be in need of."""

    crs: Short = ""
    lon_field: Word = ""
    lat_field: Word = ""
    name_field: Word = ""


class AreaOptions(FileOptions):
    """The level is always said. The place itself is set once, with the command."""

    level: Literal["prefecture", "county", "township", "village"]
    list: Short = ""
    edition: Short = ""
    valid_from: date | None = None
    code_field: Word = ""
    parent_field: Word = ""


class StreetOptions(FileOptions):
    """The edition of the network is always said."""

    edition: Annotated[Short, Field(min_length=1)]
    ref_field: Word = ""
    class_field: Word = ""


class PremisesOptions(FileOptions):
    """The address may be joined from several columns."""

    ref_field: Word = ""
    address_field: list[Word] = Field(default=[], max_length=6)
    kind_field: Word = ""
    kind: Literal["", "household", "enterprise"] = ""
    plate_field: Word = ""
    active_from: date | None = None


class OfficerOptions(FileOptions):
    """The columns of a table of officers."""

    username_field: Word = ""
    badge_field: Word = ""
    unit_field: Word = ""
    roles_field: Word = ""


class EditionOptions(BaseModel):
    """An edition of a list of areas that is here already, to be put in force."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    list: Annotated[Short, Field(min_length=1)]
    edition: Annotated[Short, Field(min_length=1)]


OPTIONS: dict[str, type[BaseModel]] = {
    "areas": AreaOptions,
    "streets": StreetOptions,
    "premises": PremisesOptions,
    "officers": OfficerOptions,
    "edition": EditionOptions,
}


def options_read(kind: str, text: str) -> dict[str, Any]:
    """Return the options in a JSON object, without those left out. Raises `request_invalid` naming the fields."""
    return _kept(lambda: OPTIONS[kind].model_validate_json(text or "{}"))


def options_of(kind: str, said: object) -> dict[str, Any]:
    """Return the same of JSON that was read already."""
    return _kept(lambda: OPTIONS[kind].model_validate(said))


def look_options(said: object) -> dict[str, Any]:
    """Return what is said about how to open a file. Raises `request_invalid` naming the fields."""
    return _kept(lambda: LookOptions.model_validate(said))


def _kept(read: Callable[[], BaseModel]) -> dict[str, Any]:
    try:
        return read().model_dump(mode="json", exclude_defaults=True)
    except ValidationError as error:
        raise validation_problem("request_invalid", error, why="See errors.") from error
