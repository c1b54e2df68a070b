"""Chance comes from named streams of one seed."""

from datetime import UTC, datetime

from backend.demo.chance import pick, stream, uuid7_at

AT = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def test_the_same_seed_and_name_give_the_same_numbers() -> None:
    assert stream(1, "a", 2).random() == stream(1, "a", 2).random()


def test_streams_of_other_names_or_seeds_differ() -> None:
    assert len({stream(1, "a").random(), stream(1, "b").random(), stream(2, "a").random()}) == 3


def test_an_id_is_a_uuid_of_version_seven_with_the_storys_time() -> None:
    made = uuid7_at(AT, stream(1, "id"))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(AT.timestamp() * 1000)


def test_ids_of_one_instant_differ() -> None:
    rng = stream(1, "id")
    assert len({uuid7_at(AT, rng) for _ in range(100)}) == 100


def test_an_option_without_weight_is_never_picked() -> None:
    rng = stream(1, "pick")
    assert {pick(rng, ("a", "b", "c"), (1, 0, 3)) for _ in range(200)} == {"a", "c"}
