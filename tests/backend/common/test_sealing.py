"""What a phone sealed to this installation opens here, and only here."""

import json
import threading
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey, derive_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from backend.common import sealing
from tests.sealing import altered, hpke_seal, sealed

EXAMPLE = json.loads((Path(__file__).parents[2] / "contract" / "crypto" / "sealed.json").read_text())
INFO, AAD = b"xunfang/party/1", b"0192a3b4-0000-7000-8000-000000000001"


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, settings: Any) -> Path:
    settings.SEALING_KEY_FILE = tmp_path / "keys" / "sealing_keys.pem"
    return tmp_path / "keys" / "sealing_keys.pem"


def unsealed(blob: str, info: bytes = INFO, aad: bytes = AAD) -> bytes:
    return sealing.unseal(blob.encode(), info=info, aad=aad)


def test_the_sender_of_these_tests_makes_the_vector_of_rfc_9180_a_3_1() -> None:
    ephemeral = derive_private_key(
        int("4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb", 16), SECP256R1()
    )
    recipient = EllipticCurvePublicKey.from_encoded_point(
        SECP256R1(),
        b64decode(EXAMPLE["sealing_key"]["public_key"]),
    )
    enc, ciphertext = hpke_seal(
        recipient,
        b"Beauty is truth, truth beauty",
        info=b"Ode on a Grecian Urn",
        aad=b"Count-0",
        ephemeral=ephemeral,
        key_bytes=16,
    )
    assert enc.hex() == (
        "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98"
        "536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4"
    )
    assert ciphertext.hex() == (
        "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434"
    )


def test_what_was_sealed_by_the_rfc_opens() -> None:
    assert unsealed(sealed(sealing.public_key(), "张三 138".encode(), info=INFO.decode(), aad=AAD.decode())) == (
        "张三 138".encode()
    )


def test_what_the_web_app_sealed_opens(key_file: Path) -> None:
    # The key is the recipient of RFC 9180, A.3.1; the blob was made by Vitest (tests/data/sealing.test.ts with
    # XUNFANG_WRITE_EXAMPLES=1).
    key_file.parent.mkdir()
    private = derive_private_key(int(EXAMPLE["private_key"], 16), SECP256R1())
    key_file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert sealing.public_key() == EXAMPLE["sealing_key"]
    opened = sealing.unseal(EXAMPLE["blob"].encode(), info=EXAMPLE["info"].encode(), aad=EXAMPLE["aad"].encode())
    assert opened.decode() == EXAMPLE["plaintext"]


def test_for_another_purpose_or_another_record_it_does_not_open() -> None:
    blob = sealed(sealing.public_key(), b"x", info=INFO.decode(), aad=AAD.decode())
    for info, aad in [(b"xunfang/outbox/1", AAD), (INFO, b"another")]:
        with pytest.raises(sealing.Unsealable):
            unsealed(blob, info, aad)


@pytest.mark.parametrize("blob", ["", "a.b", "a.b.c", "....", "\N{SNOWMAN}.b.c", "zz.AA.AA"])
def test_what_is_no_sealed_text_is_refused(blob: str) -> None:
    with pytest.raises(sealing.Unsealable):
        unsealed(blob)


def test_one_bit_turned_over_is_noticed() -> None:
    with pytest.raises(sealing.Unsealable):
        unsealed(altered(sealed(sealing.public_key(), b"x", info=INFO.decode(), aad=AAD.decode())))


def test_after_a_new_key_old_seals_still_open_and_new_ones_go_to_the_new_key(key_file: Path) -> None:
    old = sealing.public_key()
    blob = sealed(old, b"old", info=INFO.decode(), aad=AAD.decode())
    new_id = sealing.key_add(key_file)
    assert sealing.public_key()["key_id"] == new_id != old["key_id"]
    assert unsealed(blob) == b"old"
    assert unsealed(sealed(sealing.public_key(), b"new", info=INFO.decode(), aad=AAD.decode())) == b"new"


def test_processes_that_start_together_agree_on_one_key_that_only_its_owner_reads(key_file: Path) -> None:
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(sealing.public_key()["key_id"])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in key_file.parent.iterdir()] == [key_file.name]
