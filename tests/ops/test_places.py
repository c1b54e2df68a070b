"""Where the private servers of a home live."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from ops.places import POSTGRES_SOCKET_NAME, Places, fits_a_socket, home_key, places_of

SHORT = Path("/run/xunfang-0123456789ab")


def places_in(home: Path) -> Places:
    return places_of(home, postgres=home / "postgres", short_dir=SHORT, durable=True)


def test_a_short_home_keeps_its_sockets_inside() -> None:
    places = places_in(Path("/srv/xunfang/var"))
    assert places.postgres_socket_dir == Path("/srv/xunfang/var/postgres/socket")
    assert places.broker_socket == Path("/srv/xunfang/var/redis/redis.sock")


def test_a_home_too_long_for_a_socket_path_keeps_its_sockets_in_the_short_folder() -> None:
    places = places_in(Path("/srv") / ("x" * 100))
    assert places.postgres_socket_dir == SHORT / "postgres"
    assert places.broker_socket == SHORT / "redis" / "redis.sock"
    assert fits_a_socket(places.postgres_socket_dir / POSTGRES_SOCKET_NAME)


def test_a_socket_path_is_measured_in_bytes_because_a_chinese_character_takes_three() -> None:
    assert fits_a_socket(Path("/" + "x" * 40))
    assert not fits_a_socket(Path("/" + "巡" * 40))


def test_a_home_with_blanks_and_chinese_characters_survives_in_both_addresses() -> None:
    places = places_in(Path("/srv/派出所 1/var"))
    database = urlsplit(places.database_url)
    assert parse_qs(database.query)["host"] == ["/srv/派出所 1/var/postgres/socket"]
    assert unquote(urlsplit(places.broker_url).path) == "/srv/派出所 1/var/redis/redis.sock"


def test_two_homes_have_two_keys_and_one_home_always_the_same() -> None:
    assert home_key(Path("/srv/a")) == home_key(Path("/srv/a"))
    assert home_key(Path("/srv/a")) != home_key(Path("/srv/b"))
