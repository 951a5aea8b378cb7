"""Settings: fit for a demonstration by default, refused in production when they would not be safe."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.config import DEFAULT_PASSPHRASE, BadSettings, Config


def test_the_defaults_suit_a_demonstration(tmp_path: Path) -> None:
    config = Config.from_env({"LMS_DATA_DIR": str(tmp_path), "PORT": "5050"})
    assert config.database_url == f"sqlite:///{tmp_path}/lms.sqlite3"
    assert config.base_url == "http://127.0.0.1:5050"
    assert config.is_sqlite
    assert config.mail_url == f"file:{tmp_path}/mail"


def test_a_relative_sqlite_path_is_made_absolute() -> None:
    config = Config.from_env({"LMS_DATABASE_URL": "sqlite:///here.sqlite3"})
    assert config.database_url == f"sqlite:///{Path('here.sqlite3').resolve()}"


@pytest.mark.parametrize("given", ["postgresql://u@h/d", "postgres://u@h/d", "postgresql+psycopg://u@h/d"])
def test_postgresql_means_psycopg(given: str) -> None:
    config = Config.from_env({"LMS_DATABASE_URL": given})
    assert config.database_url == "postgresql+psycopg://u@h/d"
    assert not config.is_sqlite


REAL = {
    "LMS_ENV": "production",
    "LMS_SECRET_KEY": "s" * 40,
    "LMS_BASE_URL": "https://training.example.org/",
    "LMS_HELP_NAME": "Help desk",
    "LMS_HELP_PHONE": "+1 213 555 0199",
    "LMS_HELP_EMAIL": "help@example.org",
    "LMS_KEYS_PASSPHRASE": "a passphrase of some length",
}


def faults(**changes: str) -> str:
    """Return what is said of settings."""
    with pytest.raises(BadSettings) as error:
        Config.from_env(changes)
    return str(error.value)


def test_production_names_every_fault(tmp_path: Path) -> None:
    said = faults(LMS_ENV="production", LMS_DATA_DIR=str(tmp_path))
    for word in ("LMS_SECRET_KEY", "LMS_BASE_URL", "LMS_KEYS_DIR", "LMS_KEYS_PASSPHRASE", "LMS_HELP_NAME"):
        assert word in said


@pytest.mark.parametrize("passphrase", [None, "demonstration", "fifteen symbols"])
def test_keys_in_production_have_a_passphrase_of_their_own(tmp_path: Path, passphrase: str | None) -> None:
    (tmp_path / "key.pem").write_text("x")
    environ = {**REAL, "LMS_KEYS_DIR": str(tmp_path), "LMS_KEYS_PASSPHRASE": passphrase or DEFAULT_PASSPHRASE}
    with pytest.raises(BadSettings, match="LMS_KEYS_PASSPHRASE must be set to at least 16 characters"):
        Config.from_env(environ)
    assert Config.from_env({**environ, "LMS_KEYS_PASSPHRASE": "sixteen symbols!"}).keys_passphrase == "sixteen symbols!"


def test_the_first_key_can_be_made_before_there_is_one(tmp_path: Path) -> None:
    environ = {**REAL, "LMS_DATA_DIR": str(tmp_path)}
    assert Config.from_env(environ, need_keys=False).env == "production"
    with pytest.raises(BadSettings, match="LMS_KEYS_DIR"):
        Config.from_env(environ)


def test_production_starts_when_all_is_set(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("x")
    config = Config.from_env({**REAL, "LMS_KEYS_DIR": str(tmp_path)})
    assert config.base_url == "https://training.example.org"
    assert (config.help_name, config.help_email) == ("Help desk", "help@example.org")


def test_production_has_an_address_without_a_path(tmp_path: Path) -> None:
    """Certificates name their issuer by the host; what did:web would look for below a path is not served."""
    (tmp_path / "key.pem").write_text("x")
    environ = {**REAL, "LMS_KEYS_DIR": str(tmp_path)}
    assert "no path is served" in faults(**{**environ, "LMS_BASE_URL": "https://host.example.org/chw"})
    assert Config.from_env({**environ, "LMS_BASE_URL": "https://host.example.org/"}).base_url.endswith(".org")


@pytest.mark.parametrize("name", ["LMS_HELP_NAME", "LMS_HELP_PHONE", "LMS_HELP_EMAIL"])
def test_production_invents_no_help_desk(tmp_path: Path, name: str) -> None:
    """Every page, letter and message names it, and letters come from its address."""
    (tmp_path / "key.pem").write_text("x")
    environ = {**REAL, "LMS_KEYS_DIR": str(tmp_path)}
    assert "LMS_HELP_NAME" in faults(**{**environ, name: " "})
    del environ[name]
    assert "LMS_HELP_NAME" in faults(**environ)


def test_an_unknown_environment_is_refused() -> None:
    assert "LMS_ENV" in faults(LMS_ENV="staging")


@pytest.mark.parametrize("zone", ["Mars/Base", "", "America", "../zone"])
def test_a_time_zone_that_is_none_is_refused(zone: str) -> None:
    assert "LMS_TIMEZONE" in faults(LMS_TIMEZONE=zone)


@pytest.mark.parametrize("count", ["one", "-1", "1.5", "", "\u00b2"])
def test_proxies_are_a_whole_number(count: str) -> None:
    assert "LMS_TRUSTED_PROXIES" in faults(LMS_TRUSTED_PROXIES=count)
    assert Config.from_env({"LMS_TRUSTED_PROXIES": "2"}).proxies == 2
