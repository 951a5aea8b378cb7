"""Settings: fit for a demonstration by default, refused in production when they would not be safe."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.config import BadSettings, Config


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


def test_production_names_every_fault(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as error:
        Config.from_env({"LMS_ENV": "production", "LMS_DATA_DIR": str(tmp_path)})
    for word in ("LMS_SECRET_KEY", "LMS_BASE_URL", "LMS_KEYS_DIR"):
        assert word in str(error.value)


def test_the_first_key_can_be_made_before_there_is_one(tmp_path: Path) -> None:
    environ = {
        "LMS_ENV": "production",
        "LMS_SECRET_KEY": "s" * 40,
        "LMS_BASE_URL": "https://training.example.org",
        "LMS_DATA_DIR": str(tmp_path),
    }
    assert Config.from_env(environ, need_keys=False).env == "production"
    with pytest.raises(BadSettings, match="LMS_KEYS_DIR"):
        Config.from_env(environ)


def test_production_starts_when_all_is_set(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("x")
    config = Config.from_env(
        {
            "LMS_ENV": "production",
            "LMS_SECRET_KEY": "s" * 40,
            "LMS_BASE_URL": "https://training.example.org/",
            "LMS_KEYS_DIR": str(tmp_path),
        }
    )
    assert config.base_url == "https://training.example.org"


def test_an_unknown_environment_is_refused() -> None:
    with pytest.raises(BadSettings, match="LMS_ENV"):
        Config.from_env({"LMS_ENV": "staging"})
