"""PURE: the catalogue of failures. Every error that leaves the server is one of these, by its stable code.

A `ProblemType` is an entry of the catalogue; a `Problem` is one occurrence of it, with named details. The HTTP handler
(`backend.errors_http`) and the sync outcomes write both in the shape of RFC 9457. Nobody matches on message text.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

LogLevel = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True)
class ProblemType:
    """One kind of failure: stable code, HTTP status, title, detail template, whether trying again can help."""

    code: str
    status: int
    title: str
    detail: str
    retryable: bool = False
    log_level: LogLevel = "info"


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field: its path (`hazards.0.kind`), a code and a sentence."""

    field: str
    code: str
    message: str


@dataclass
class Problem(Exception):
    """One failure. `details` fill the template of the type; `errors` name the fields."""

    type: ProblemType
    details: dict[str, Any] = field(default_factory=dict)
    errors: Sequence[FieldError] = ()

    @property
    def code(self) -> str:
        return self.type.code

    @property
    def detail(self) -> str:
        return self.type.detail.format(**self.details)

    def as_json(self) -> dict[str, Any]:
        """Return the RFC 9457 object: type, title, status, detail, code, errors."""
        return {
            "type": f"urn:xunfang:problem:{self.type.code}",
            "title": self.type.title,
            "status": self.type.status,
            "detail": self.detail,
            "code": self.type.code,
            "errors": [{"field": e.field, "code": e.code, "message": e.message} for e in self.errors],
        }

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


def problem(code: str, *, errors: Sequence[FieldError] = (), **details: Any) -> Problem:
    """Return a `Problem` of the catalogue entry `code`. Raises KeyError for a code that is not in the catalogue."""
    return Problem(CATALOGUE[code], details, errors)


_TYPES = (
    # --- requests
    ProblemType("malformed_body", 400, "The body cannot be read", "{why}. The body was kept under number {intake}."),
    ProblemType("request_invalid", 400, "The request is not valid", "{why}"),
    ProblemType("cursor_invalid", 400, "The cursor is not one of ours", "Ask again without a cursor."),
    ProblemType("window_invalid", 400, "The window cannot be read", "{why}"),
    ProblemType("figure_unknown", 400, "There is no such figure", "Known figures: {known}."),
    ProblemType("not_authenticated", 401, "Sign in first", "This address needs a signed-in officer."),
    ProblemType(
        "signed_in_as_another",
        401,
        "Somebody else is signed in",
        "The records are those of another officer than the one signed in here.",
    ),
    ProblemType("not_allowed", 403, "Not allowed for this role", "This needs one of the roles {roles}."),
    ProblemType("csrf_failed", 403, "The request's origin could not be proved", "{why}"),
    ProblemType("not_found", 404, "Not found", "There is nothing here that you may see."),
    ProblemType("method_not_allowed", 405, "Method not allowed", "{why}"),
    ProblemType("not_acceptable", 406, "Format not available", "{why}"),
    ProblemType(
        "batch_too_large",
        413,
        "The batch is too large",
        "A batch may hold {max_mutations} mutations and {max_bytes} bytes.",
        log_level="warning",
    ),
    ProblemType("unsupported_media_type", 415, "Media type not supported", "{why}"),
    ProblemType("too_many_requests", 429, "Too many requests", "Try again in {retry_after_s} s.", retryable=True),
    ProblemType(
        "internal_error",
        500,
        "Something broke on our side",
        "It was logged under {reference}; what you sent was not lost on your device.",
        retryable=True,
        log_level="error",
    ),
    ProblemType(
        "service_unavailable",
        503,
        "The server cannot store this now",
        "Keep it and try again.",
        retryable=True,
        log_level="error",
    ),
    # --- devices and signatures
    ProblemType(
        "digest_mismatch",
        400,
        "The body was altered on its way",
        "It does not have the Content-Digest that was announced. Send it again.",
        retryable=True,
        log_level="warning",
    ),
    ProblemType("signature_required", 401, "This request must be signed", "Sign it with the key of the device."),
    ProblemType("signature_invalid", 401, "The signature does not hold", "{why}", log_level="warning"),
    ProblemType(
        "signature_replayed",
        401,
        "This signature was used before",
        "Sign the request again with a new nonce.",
        retryable=True,
    ),
    ProblemType(
        "signature_expired",
        401,
        "The signature is of another time",
        "It was made {off_s} s away from the server's clock. Correct by the Date of this answer and sign again.",
        retryable=True,
    ),
    ProblemType(
        "session_ended",
        401,
        "Nobody was signed in any more",
        "It was kept. When its officer has signed in again on the same device, the device sends it once more.",
    ),
    ProblemType("officer_deactivated", 403, "The officer is no longer active", "It was kept; a lead can release it."),
    ProblemType("officer_moved", 403, "The officer has moved to another unit", "It was kept; a lead can release it."),
    ProblemType("device_revoked", 403, "This device was revoked", "Nothing can be read with it any more."),
    ProblemType("device_not_enrolled", 403, "This device is not enrolled", "Enrol it with a code of the unit's lead."),
    ProblemType("device_key_known", 409, "The device has another key or officer", "Enrol again under a new device id."),
    ProblemType("enrolment_code_needed", 403, "A code is needed to enrol", "The lead of the unit makes one."),
    ProblemType(
        "enrolment_code_invalid",
        403,
        "The enrolment code does not hold",
        "It is wrong, used, older than ten minutes, or of another unit.",
    ),
    # --- mutations (outcomes of a push)
    ProblemType("envelope_invalid", 422, "The mutation's envelope is not valid", "See errors."),
    ProblemType("payload_invalid", 422, "The record is not valid", "See errors."),
    ProblemType(
        "payload_hash_mismatch",
        422,
        "The record was altered on its way",
        "The phone announced {announced}, the server computed {computed}.",
        log_level="warning",
    ),
    ProblemType("unknown_kind", 422, "This server does not know this kind of record", "Kind {kind}."),
    ProblemType(
        "same_id_other_content",
        409,
        "Another content has this id already",
        "Both versions were stored.",
        log_level="warning",
    ),
    ProblemType(
        "base_values_changed",
        409,
        "Somebody changed this in the meantime",
        "{field} was {base} for you and is {current} now. Both were stored.",
    ),
    ProblemType(
        "record_id_taken", 409, "Another record has this id already", "Both versions were stored.", log_level="warning"
    ),
    ProblemType("reference_unknown", 422, "The record names something that is not known", "Constraint {constraint}."),
    ProblemType("premises_unknown", 422, "The door is not registered", "No premises {id}."),
    ProblemType(
        "premises_of_another_unit",
        422,
        "The door belongs to another unit",
        "The unit {unit} answers for it; its lead can release this record.",
    ),
    ProblemType(
        "record_of_another_unit",
        422,
        "The record belongs to another unit",
        "A lead of the unit that answers for it can release this.",
    ),
    ProblemType("patrol_unknown", 422, "The outing is not known", "No patrol {id}."),
    ProblemType("leg_unknown", 422, "The leg is not known", "No leg {id}."),
    ProblemType("visit_unknown", 422, "The visit is not known", "No visit {id}."),
    ProblemType("dispute_unknown", 422, "The dispute is not known", "No dispute {id}."),
    ProblemType("officer_unknown", 422, "An officer is not known", "No officer {id} in this unit."),
    ProblemType("campaign_unknown", 422, "The campaign is not known", "No campaign {id}."),
    ProblemType("plan_unknown", 422, "The plan is not known", "No plan {id} in this unit."),
    ProblemType("form_unknown", 422, "The form is not known", "No form {form} of version {version}."),
    ProblemType(
        "answers_invalid", 422, "The answers do not fit the form", "Form {form}, version {version}: see errors."
    ),
    ProblemType("contact_missing", 404, "There is no contact of this party", "It was not given, or has been erased."),
    ProblemType("contact_unreadable", 422, "The contact cannot be opened", "It was sealed to another key, or altered."),
    ProblemType("area_unknown", 422, "No township here answers to this unit", "{why}"),
    ProblemType(
        "place_outside_city",
        422,
        "The place lies outside the city",
        "{lon}, {lat} lies outside every township of {city}.",
    ),
    # --- tracks that could not be derived: marked at the leg, said beside the figures
    ProblemType(
        "track_not_derived",
        500,
        "A track could not be derived",
        "{why}. It is tried again every night.",
        log_level="error",
    ),
    ProblemType(
        "track_interrupted",
        500,
        "A track lost its workers",
        "{tries} workers ended over it. It is tried again every night.",
        log_level="error",
    ),
    ProblemType(
        "handler_failed",
        500,
        "The record could not be stored",
        "It was logged under {reference}.",
        retryable=True,
        log_level="error",
    ),
    # --- quarantine: what a lead decides
    ProblemType(
        "discarded_by_lead", 422, "A lead decided against this record", "It is kept; the reason stands in the decision."
    ),
    ProblemType("already_decided", 409, "This was decided already", "Look at it again: somebody was faster."),
    ProblemType("not_releasable", 422, "This can only be discarded", "No record can be read out of it."),
    # --- track files (GPX) of an outing
    ProblemType("outing_running", 409, "The outing has not ended yet", "A track file is added when it has ended."),
    ProblemType("track_file_unreadable", 422, "The file is no GPX that can be read", "It cannot be read: {why}."),
    ProblemType("track_file_too_large", 413, "The track file is too large", "It cannot be taken: {why}."),
    ProblemType("track_file_without_track", 422, "The file holds no track", "It cannot be used: {why}."),
    ProblemType("track_file_without_times", 422, "The track says no times", "It cannot be placed: {why}."),
    # --- the first password of an account
    ProblemType(
        "start_code_invalid",
        422,
        "The code opens nothing",
        "It is wrong, used or too old, or it was tried too often: wait ten minutes, or ask for a new one.",
    ),
    ProblemType("password_weak", 422, "The password is too easy to guess", "{why}"),
    # --- attachments: uploads (tus) and what became of them
    ProblemType("tus_version_unknown", 412, "This version of tus is not spoken here", "Send Tus-Resumable: 1.0.0."),
    ProblemType("upload_too_large", 413, "The upload is too large", "At most {max_bytes} bytes can come."),
    ProblemType("upload_offset_wrong", 409, "The upload stands elsewhere", "{received_bytes} bytes have arrived."),
    ProblemType("upload_finished", 409, "The upload has arrived whole", "It belongs to its record now."),
    ProblemType(
        "upload_taken_over",
        423,
        "The upload goes on over another connection",
        "Ask how far it has come and go on from there.",
        retryable=True,
    ),
    ProblemType(
        "upload_checksum_wrong",
        460,
        "The bytes were altered on their way",
        "This piece was thrown away; send it again.",
        retryable=True,
        log_level="warning",
    ),
    ProblemType(
        "upload_altered",
        460,
        "The file is not the one that was announced",
        "Announced was {announced}, what came is {computed}. The upload starts again at 0.",
        log_level="warning",
    ),
    ProblemType(
        "upload_not_as_declared",
        422,
        "The record declares another file",
        "The attachment {id} was declared with another hash or size, or by somebody else.",
        log_level="warning",
    ),
    ProblemType(
        "uploads_busy",
        503,
        "Many photos are arriving just now",
        "Records go first. Try again in {retry_after_s} s.",
        retryable=True,
    ),
    ProblemType("attachment_awaited", 404, "The file has not arrived yet", "The phone that announced it still has it."),
    ProblemType("attachment_preparing", 503, "The file is being prepared", "Try again.", retryable=True),
    ProblemType("image_unreadable", 422, "The picture could not be read", "It is broken or not what it seems."),
    ProblemType("image_animated", 422, "The picture moves", "Only still pictures are kept."),
    ProblemType(
        "image_too_large",
        422,
        "The picture is too large",
        "A picture may have {max_bytes} bytes and {max_mp} megapixels.",
    ),
    ProblemType("media_type_unknown", 422, "The file is of no kind that we read", "JPEG, PNG, WebP, WebM, Ogg or MP4."),
    # --- the map package
    ProblemType("map_package_missing", 404, "There is no map package yet", "It is built soon after the geography."),
    ProblemType("map_package_failed", 500, "The map package was not built", "{why}", log_level="error"),
    ProblemType("range_not_satisfiable", 416, "The range begins after the end", "The file has {size_bytes} bytes."),
    # --- imports and commands
    ProblemType("file_unreadable", 422, "The file cannot be read", "{path}: {why}"),
    ProblemType("import_refused", 422, "The import was refused", "{why}"),
    ProblemType(
        "crs_missing", 422, "The file does not say its CRS", "{path} names none: say which (EPSG:…, gcj02, bd09)."
    ),
    ProblemType("crs_conflict", 422, "The file names another CRS", "{path} says {said}, you say {asked}."),
    ProblemType(
        "encoding_missing",
        422,
        "The file does not say its encoding",
        "{path} is not UTF-8 and names no encoding: say which (GBK, GB18030, Big5 …).",
    ),
    ProblemType("encoding_wrong", 422, "The text is in another encoding", "{path}, row {row}: it is not {encoding}."),
    ProblemType("layer_unclear", 422, "The file holds several layers", "{path} holds {layers}: say which."),
    ProblemType("import_state", 409, "The import stands elsewhere", "It is {state}: only a checked one is applied."),
    ProblemType("import_cancelled", 409, "The import was cancelled", "Nothing was written."),
)

CATALOGUE: dict[str, ProblemType] = {entry.code: entry for entry in _TYPES}
