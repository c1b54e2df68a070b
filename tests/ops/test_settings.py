"""What `make run` is told by its environment and by .env."""

import pytest

from ops.failures import OpsFailure
from ops.settings import run_settings, welcome, with_env_file

ENV_FILE = """
# a comment
PORT=9000
XUNFANG_DEMO_PASSWORD='with blank '
DATABASE_URL=
not a setting
"""


def test_env_file_completes_the_environment_and_never_overrules_it() -> None:
    environment = with_env_file({"PORT": "8100", "HOME": "/root"}, ENV_FILE)
    assert environment == {"PORT": "8100", "HOME": "/root", "XUNFANG_DEMO_PASSWORD": "with blank "}


def test_an_empty_variable_counts_as_not_set() -> None:
    assert with_env_file({"PORT": ""}, ENV_FILE)["PORT"] == "9000"


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "8000.5", "８０００x"])
def test_a_port_that_is_none_is_one_clear_line(port: str) -> None:
    with pytest.raises(OpsFailure, match=r"PORT=.* is not a whole number between 1 and 65535") as failure:
        run_settings({"PORT": port})
    assert "\n" not in str(failure.value)


def test_without_settings_only_this_machine_is_served_and_an_empty_database_gets_the_demo() -> None:
    settings = run_settings({})
    assert (settings.address, settings.seeds_demo) == ("http://127.0.0.1:8000/", True)


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", "http://127.0.0.1:8000/"), ("::1", "http://[::1]:8000/"), ("10.0.0.7", "http://10.0.0.7:8000/")],
)
def test_the_address_shown_can_be_opened(host: str, address: str) -> None:
    assert run_settings({"HOST": host}).address == address


def test_the_welcome_names_the_demo_accounts_but_not_a_password_of_ones_own() -> None:
    text = welcome(run_settings({}), "/srv/log", "geheim-7", demo=True)
    assert all(name in text for name in ("officer", "lead", "neighbour", "analyst", "administrator"))
    assert "geheim-7" not in text


def test_without_the_demo_the_welcome_names_no_accounts() -> None:
    assert "neighbour" not in welcome(run_settings({}), "/srv/log", None, demo=False)
