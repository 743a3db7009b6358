"""What a home keeps is for its owner alone, and survives being killed in the middle."""

import stat
from pathlib import Path

import pytest

from ambient_local import Component, Home
from ambient_local.config import Config, Passwords


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_and_its_secrets_are_for_the_owner_alone(home: Home) -> None:
    Passwords.ensure(home)

    assert _mode(home.path) == 0o700
    assert _mode(home.secrets) == 0o600


def test_passwords_are_made_once(home: Home) -> None:
    assert Passwords.ensure(home) == Passwords.ensure(home)


def test_no_password_could_be_read_as_a_number_by_the_server(home: Home) -> None:
    assert all(word[0].isalpha() for word in Passwords.ensure(home).nats.values())


def test_each_identity_has_a_password_of_its_own(home: Home) -> None:
    words = Passwords.ensure(home).nats

    assert set(words) == {
        *("gateway", "projects", "runner", "audit"),
        *("operations", "observer"),
    }
    assert len(set(words.values())) == len(words)


@pytest.mark.parametrize("content", ["", "{", '{"ports": {"cluster": "x"}}'])
def test_a_configuration_that_cannot_be_read_counts_as_none(home: Home, content: str) -> None:
    home.config.write_text(content)

    assert Config.load(home) == Config()


def test_a_configuration_is_found_again(home: Home) -> None:
    config = Config(ports={Component.NATS: 4222, Component.AUDIT: 8083})
    config.save(home)

    assert Config.load(home) == config
    assert config.url(Component.NATS) == "nats://127.0.0.1:4222"
    assert config.url(Component.AUDIT) == "http://127.0.0.1:8083"


def test_the_home_is_the_variables_where_none_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMBIENT_HOME", str(tmp_path / "elsewhere"))

    assert Home.of().path == tmp_path / "elsewhere"


def test_the_home_is_the_checkouts_where_nothing_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AMBIENT_HOME", raising=False)

    assert Home.of().path.name == ".ambient"
    assert (Home.of().path.parent / "deploy" / "crds").is_dir()
