"""PURE: the shape of what a phone may send: one strict model a kind, and how its mistakes are told."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from backend.common.problems import FieldError, Problem, problem


def storable(text: str) -> str:
    """Return the text; raises ValueError for U+0000 and lone surrogates, which PostgreSQL cannot store."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("contains a character that cannot be stored")
    return text


Line = Annotated[str, Field(max_length=240), AfterValidator(storable)]
Text = Annotated[str, Field(max_length=4000), AfterValidator(storable)]
Longitude = Annotated[float, Field(strict=True, ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(strict=True, ge=-90, le=90, allow_inf_nan=False)]
Metres = Annotated[float, Field(strict=True, ge=0, le=1e7, allow_inf_nan=False)]
Seconds = Annotated[float, Field(strict=True, ge=0, le=1e9, allow_inf_nan=False)]


def storable_json(value: Any) -> Any:
    """Return free JSON (a form's answers) if jsonb can hold it; raises ValueError for U+0000 and lone surrogates."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [storable_json(inner) for inner in value]
    if isinstance(value, dict):
        return {storable(key): storable_json(inner) for key, inner in value.items()}
    return value


class Payload(BaseModel):
    """Base of every payload: unknown fields are refused, so that nothing is silently dropped or smuggled in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(Payload):
    """One position: WGS 84 degrees, its accuracy, and how old it was when the record was saved."""

    lon: Longitude
    lat: Latitude
    accuracy_m: Metres
    age_s: Seconds


def place_columns(place: Place | None) -> dict[str, float | None]:
    """Return the `place_*` columns of a record; all None without a place."""
    if place is None:
        return {"place_lon": None, "place_lat": None, "place_accuracy_m": None, "place_age_s": None}
    return {
        "place_lon": place.lon,
        "place_lat": place.lat,
        "place_accuracy_m": place.accuracy_m,
        "place_age_s": place.age_s,
    }


PLACE_COLUMNS = ("place_lon", "place_lat", "place_accuracy_m", "place_age_s")


def place_of(row: dict[str, Any]) -> dict[str, float] | None:
    """Take the `place_*` columns out of a row; return the place as a phone sent it, None where there was none."""
    lon, lat, accuracy_m, age_s = (row.pop(name) for name in PLACE_COLUMNS)
    return None if lon is None else {"lon": lon, "lat": lat, "accuracy_m": accuracy_m, "age_s": age_s}


def validation_problem(code: str, error: ValidationError, **details: Any) -> Problem:
    """Return the catalogue's problem `code` with one entry for each field that pydantic found wrong."""
    errors = [_field_error(found) for found in error.errors(include_url=False, include_input=False)]
    return problem(code, errors=errors, **details)


def _field_error(found: Any) -> FieldError:
    return FieldError(".".join(str(part) for part in found["loc"]), found["type"], found["msg"])
