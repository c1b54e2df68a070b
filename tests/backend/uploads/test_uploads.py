"""tus 1.0.0 as the protocol says it, request by request; and whose an upload is."""

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from backend.accounts.models import Officer
from backend.uploads import tasks
from backend.uploads.models import FileState, StoredFile, Upload
from geo.models import Premises
from tests.backend.uploads.conftest import CHUNK, TusHand, declaration, metadata, picture, sha256
from tests.builders import visit
from tests.conftest import outcomes_of
from tests.factories import new_id
from tests.signing import SigningPhone
from visits.models import Attachment

TusOf = Callable[[Officer], TusHand]
Push = Callable[..., list[dict[str, Any]]]
Pull = Callable[..., list[dict[str, Any]]]
CONTENT = picture()


def test_the_server_says_which_parts_of_tus_it_speaks(tus_of: TusOf, officer: Officer) -> None:
    response = tus_of(officer).client.options("/api/v1/uploads/")
    assert response.status_code == 204
    assert response["Tus-Version"] == "1.0.0"
    assert response["Tus-Extension"] == "creation,creation-with-upload,checksum,expiration,termination"
    assert response["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert response["Tus-Max-Size"] == str(20 * 1024 * 1024)


def test_a_request_without_the_protocols_version_is_answered_412(tus_of: TusOf, officer: Officer) -> None:
    response = tus_of(officer).client.post("/api/v1/uploads/")
    assert (response.status_code, response.json()["code"], response["Tus-Version"]) == (
        412,
        "tus_version_unknown",
        "1.0.0",
    )


def test_a_file_sent_in_two_parts_is_kept_whole_and_its_record_says_so(
    tus_of: TusOf, push: Push, pull: Pull, officer: Officer, door: Premises
) -> None:
    made = visit(door.id)
    photo = declaration(made["record_id"], CONTENT)
    assert outcomes_of(push(officer, made, photo)) == ["applied", "applied"]
    tus = tus_of(officer)
    address = tus.address(CONTENT, attachment=photo["record_id"])
    first = tus.patch(address, 0, CONTENT[:700])
    assert (first.status_code, first["Upload-Offset"]) == (204, "700")
    asked = tus.head(address)
    assert (asked["Upload-Offset"], asked["Upload-Length"], asked["Cache-Control"]) == (
        "700",
        str(len(CONTENT)),
        "no-store",
    )
    assert tus.patch(address, 700, CONTENT[700:]).status_code == 204
    assert StoredFile.objects.get().sha256 == sha256(CONTENT)
    assert Attachment.objects.get().stored_at is not None
    changes = [one for one in pull(officer) if one["type"] == "attachment"]
    assert [(one["version"], one["record"]["stored"]) for one in changes] == [(2, True), (2, True)]


def test_bytes_may_come_along_with_the_creation(tus_of: TusOf, officer: Officer) -> None:
    response = tus_of(officer).create(CONTENT, body=CONTENT[:100])
    assert (response.status_code, response["Upload-Offset"]) == (201, "100")


def test_an_offset_that_is_not_where_the_upload_stands_is_refused(tus_of: TusOf, officer: Officer) -> None:
    tus = tus_of(officer)
    address = tus.address(CONTENT)
    tus.patch(address, 0, CONTENT[:50])
    for wrong in (0, 49, 51):
        response = tus.patch(address, wrong, CONTENT[wrong:])
        assert (response.status_code, response.json()["code"]) == (409, "upload_offset_wrong")
    assert tus.head(address)["Upload-Offset"] == "50"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_with_another_checksum_is_thrown_away_and_can_be_sent_again(
    tus_of: TusOf, officer: Officer, algorithm: str
) -> None:
    tus = tus_of(officer)
    address = tus.address(CONTENT)
    right = base64.b64encode(hashlib.new(algorithm, CONTENT[:99]).digest()).decode()
    altered = tus.patch(address, 0, b"x" + CONTENT[1:99], **{"Upload-Checksum": f"{algorithm} {right}"})
    assert (altered.status_code, altered.json()["code"]) == (460, "upload_checksum_wrong")
    assert tus.head(address)["Upload-Offset"] == "0"
    again = tus.patch(address, 0, CONTENT[:99], **{"Upload-Checksum": f"{algorithm} {right}"})
    assert (again.status_code, again["Upload-Offset"]) == (204, "99")


def test_a_last_piece_with_another_checksum_does_not_finish_the_file(tus_of: TusOf, officer: Officer) -> None:
    tus = tus_of(officer)
    address = tus.address(CONTENT)
    wrong = base64.b64encode(hashlib.new("sha1", b"another", usedforsecurity=False).digest()).decode()
    assert tus.patch(address, 0, CONTENT, **{"Upload-Checksum": f"sha1 {wrong}"}).status_code == 460
    assert not StoredFile.objects.exists()
    assert tus.patch(address, 0, CONTENT).status_code == 204


def test_a_checksum_of_an_unknown_algorithm_is_refused(tus_of: TusOf, officer: Officer) -> None:
    tus = tus_of(officer)
    response = tus.patch(tus.address(CONTENT), 0, CONTENT, **{"Upload-Checksum": "crc32 AAAA"})
    assert (response.status_code, response.json()["code"]) == (400, "request_invalid")


def test_a_file_that_is_not_the_announced_one_starts_again_at_the_first_byte(tus_of: TusOf, officer: Officer) -> None:
    tus = tus_of(officer)
    address = tus.address(CONTENT)
    other = CONTENT[:-1] + b"x"
    response = tus.patch(address, 0, other)
    assert (response.status_code, response.json()["code"]) == (460, "upload_altered")
    assert tus.head(address)["Upload-Offset"] == "0"
    assert tus.patch(address, 0, CONTENT).status_code == 204


def test_more_bytes_than_announced_are_refused(tus_of: TusOf, officer: Officer) -> None:
    tus = tus_of(officer)
    address = tus.address(CONTENT)
    response = tus.patch(address, 0, CONTENT + b"x")
    assert (response.status_code, response.json()["code"]) == (413, "upload_too_large")


def test_a_file_above_the_limit_is_refused_at_its_announcement(tus_of: TusOf, officer: Officer) -> None:
    response = tus_of(officer).create(CONTENT, **{"Upload-Length": str(20 * 1024 * 1024 + 1)})
    assert (response.status_code, response.json()["code"]) == (413, "upload_too_large")


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Length": "-1"},
        {"Upload-Length": "٣"},
        {"Upload-Length": "0"},
        {"Upload-Metadata": ""},
        {"Upload-Metadata": "attachment !!!"},
        {"Upload-Metadata": metadata("not-a-uuid", CONTENT)},
        {"Upload-Metadata": metadata(new_id(), CONTENT).partition(",")[0]},
    ],
    ids=repr,
)
def test_an_announcement_that_cannot_be_read_is_refused(
    tus_of: TusOf, officer: Officer, headers: dict[str, str]
) -> None:
    response = tus_of(officer).create(CONTENT, **headers)
    assert (response.status_code, response.json()["code"]) == (400, "request_invalid")


def test_an_upload_can_be_ended_and_its_bytes_are_gone(
    tus_of: TusOf, officer: Officer, attachments_root: Path, django_capture_on_commit_callbacks: Any
) -> None:
    tus = tus_of(officer)
    address = tus.address(CONTENT)
    tus.patch(address, 0, CONTENT[:50])
    assert len(list((attachments_root / "arriving").iterdir())) == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert tus.delete(address).status_code == 204
    assert tus.head(address).status_code == 404
    assert list((attachments_root / "arriving").iterdir()) == []


def test_a_whole_upload_cannot_be_ended_any_more(tus_of: TusOf, officer: Officer) -> None:
    tus = tus_of(officer)
    response = tus.delete(tus.whole(CONTENT))
    assert (response.status_code, response.json()["code"]) == (409, "upload_finished")


def test_an_upload_does_not_exist_for_anybody_but_its_sender(
    tus_of: TusOf, officer: Officer, lead: Officer, neighbour: Officer
) -> None:
    address = tus_of(officer).address(CONTENT)
    for other in (lead, neighbour):
        tus = tus_of(other)
        assert tus.head(address).status_code == 404
        assert tus.patch(address, 0, CONTENT).status_code == 404
        assert tus.delete(address).status_code == 404
    assert Upload.objects.get().received_bytes == 0


def test_an_upload_that_stopped_half_way_says_when_it_ends_and_is_gone_then(
    tus_of: TusOf, officer: Officer, attachments_root: Path, django_capture_on_commit_callbacks: Any
) -> None:
    tus = tus_of(officer)
    address = tus.address(CONTENT)
    assert tus.patch(address, 0, CONTENT[:50])["Upload-Expires"].endswith("GMT")
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert tus.head(address).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.purge() == {"uploads": 1, "files": 0}
    assert list((attachments_root / "arriving").iterdir()) == []


def test_a_whole_file_without_a_record_is_kept_for_thirty_days_and_then_deleted(
    tus_of: TusOf, officer: Officer, attachments_root: Path
) -> None:
    tus_of(officer).whole(CONTENT)
    Upload.objects.update(expires_at=timezone.now() + timedelta(days=29))
    assert tasks.purge() == {"uploads": 0, "files": 0}
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert tasks.purge() == {"uploads": 1, "files": 1}
    assert list((attachments_root / "raw").iterdir()) == []


def test_a_file_with_a_record_is_never_purged(tus_of: TusOf, push: Push, officer: Officer) -> None:
    photo = declaration(new_id(), CONTENT)
    push(officer, photo)
    tus_of(officer).whole(CONTENT, photo["record_id"])
    Upload.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert tasks.purge() == {"uploads": 0, "files": 0}


def test_a_record_that_comes_after_its_file_finds_it(
    tus_of: TusOf, push: Push, pull: Pull, officer: Officer, door: Premises
) -> None:
    made = visit(door.id)
    photo = declaration(made["record_id"], CONTENT)
    tus_of(officer).whole(CONTENT, photo["record_id"])
    push(officer, made, photo)
    assert Attachment.objects.get().stored_at is None
    assert tasks.sweep()["linked"] == 1
    assert {one["record"]["stored"] for one in pull(officer) if one["type"] == "attachment"} == {True}


def test_equal_photos_of_two_records_are_two_attachments_and_one_file(
    tus_of: TusOf, push: Push, officer: Officer
) -> None:
    photos = [declaration(new_id(), CONTENT), declaration(new_id(), CONTENT)]
    push(officer, *photos)
    for photo in photos:
        tus_of(officer).whole(CONTENT, photo["record_id"])
    assert Attachment.objects.filter(stored_at__isnull=False).count() == 2
    assert StoredFile.objects.count() == 1


def test_a_file_for_a_record_that_declares_another_one_is_refused(
    tus_of: TusOf, push: Push, officer: Officer, lead: Officer
) -> None:
    photo = declaration(new_id(), CONTENT)
    push(officer, photo)
    for sender, content in ((officer, CONTENT + b"x"), (lead, CONTENT)):
        response = tus_of(sender).create(content, attachment=photo["record_id"])
        assert (response.status_code, response.json()["code"]) == (422, "upload_not_as_declared")


def test_somebody_who_announced_the_same_id_first_does_not_take_the_place_of_the_real_file(
    tus_of: TusOf, push: Push, officer: Officer, neighbour: Officer
) -> None:
    photo = declaration(new_id(), CONTENT)
    tus_of(neighbour).whole(CONTENT, photo["record_id"])
    push(officer, photo)
    assert tasks.sweep()["linked"] == 0
    assert Attachment.objects.get().stored_at is None


def test_after_a_crash_the_upload_goes_on_at_the_counted_byte_and_what_lay_behind_it_is_overwritten(
    tus_of: TusOf, officer: Officer, attachments_root: Path
) -> None:
    tus = tus_of(officer)
    address = tus.address(CONTENT)
    tus.patch(address, 0, CONTENT[:50])
    # The process died between writing a piece and counting it.
    (file,) = (attachments_root / "arriving").iterdir()
    file.write_bytes(file.read_bytes() + b"x" * len(CONTENT))
    assert tus.head(address)["Upload-Offset"] == "50"
    assert tus.patch(address, 50, CONTENT[50:]).status_code == 204
    assert StoredFile.objects.get().sha256 == sha256(CONTENT)


def test_a_lost_file_on_disk_is_noticed_at_the_end_and_sent_again(
    tus_of: TusOf, officer: Officer, attachments_root: Path
) -> None:
    tus = tus_of(officer)
    address = tus.address(CONTENT)
    tus.patch(address, 0, CONTENT[:50])
    (file,) = (attachments_root / "arriving").iterdir()
    file.unlink()
    assert tus.patch(address, 50, CONTENT[50:]).json()["code"] == "upload_altered"
    assert tus.patch(address, 0, CONTENT).status_code == 204


def test_a_task_that_was_lost_is_caught_up_by_the_sweep(tus_of: TusOf, officer: Officer) -> None:
    tus_of(officer).whole(CONTENT)
    StoredFile.objects.update(received_at=timezone.now() - timedelta(minutes=3))
    assert tasks.sweep()["decided"] == 1
    assert StoredFile.objects.get().state == FileState.READY


# --- devices that sign ----------------------------------------------------------------------------------------------


def signed_hand(phone: SigningPhone, client: APIClient, content: bytes, *, attachment: str, body: bytes) -> Any:
    """Create an upload with its first bytes, signed, without a session."""
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(content)),
        "Upload-Metadata": metadata(attachment, content),
        **phone.sign("POST", "/api/v1/uploads/", body),
    }
    return client.generic("POST", "/api/v1/uploads/", body, CHUNK, headers=headers)


def test_an_enrolled_device_without_a_session_may_still_send_its_photos(officer: Officer) -> None:
    phone = SigningPhone()
    phone.enrolled(officer)
    response = signed_hand(phone, APIClient(), CONTENT, attachment=str(new_id()), body=CONTENT)
    assert response.status_code == 201, response.content
    upload = Upload.objects.get()
    assert (upload.officer, upload.device_id, upload.refusal) == (officer, phone.device, "session_ended")
    assert StoredFile.objects.get().sha256 == sha256(CONTENT)


def test_bytes_that_are_not_the_signed_ones_are_thrown_away(officer: Officer) -> None:
    phone = SigningPhone()
    phone.enrolled(officer)
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(CONTENT)),
        "Upload-Metadata": metadata(new_id(), CONTENT),
        **phone.sign("POST", "/api/v1/uploads/", CONTENT[:60]),
    }
    response = APIClient().generic("POST", "/api/v1/uploads/", b"x" + CONTENT[1:60], CHUNK, headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "digest_mismatch")
    assert Upload.objects.get().received_bytes == 0


def test_another_device_of_the_same_officer_does_not_see_the_upload(officer: Officer) -> None:
    first, second = SigningPhone(), SigningPhone()
    first.enrolled(officer)
    second.enrolled(officer)
    address = signed_hand(first, APIClient(), CONTENT, attachment=str(new_id()), body=CONTENT[:9])["Location"]
    for phone, status in ((first, 200), (second, 404)):
        headers = {"Tus-Resumable": "1.0.0", **phone.sign("HEAD", address)}
        assert APIClient().head(address, headers=headers).status_code == status


def test_without_session_and_signature_nothing_can_be_sent(tus_of: TusOf, officer: Officer) -> None:
    response = TusHand(APIClient()).create(CONTENT)
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
