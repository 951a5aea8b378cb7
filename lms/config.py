"""Settings, read once from the environment. `docs/configuration.md` lists them for people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

DEFAULT_SECRET = "not-a-secret-for-demonstration-only"  # noqa: S105 -- refused in production
DEFAULT_PASSPHRASE = "not-a-secret-for-demonstration-only"  # noqa: S105 -- refused in production
ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("demo", "production", "test")
#: Whom pages name for help outside production: name, phone, e-mail.
INVENTED_HELP = ("Lucía Merriweather", "+1 213 555 0100", "help@demo.example")


class BadSettings(Exception):
    """The settings cannot be used. The message names each wrong one and says what to set."""


@dataclass(frozen=True)
class Config:
    """Every setting of the program; the defaults are fit for `make demo`."""

    env: str
    data_dir: Path
    database_url: str
    secret_key: str
    base_url: str
    mail_url: str
    sms_url: str
    #: What gateways show that report answers and refusals; "" lets none of them in.
    inbound_secret: str
    timezone: str
    keys_dir: Path
    #: What the files of private keys are encrypted with.
    keys_passphrase: str
    content_dir: Path
    help_name: str
    help_phone: str
    help_email: str
    proxies: int

    @classmethod
    def from_env(cls, environ: dict[str, str] | None = None, *, need_keys: bool = True) -> Config:
        """Return the settings of this process; raise `BadSettings` when production could not be safe.

        Without `need_keys` signing keys may be missing: a command is about to make the first one.
        """
        env = dict(os.environ) if environ is None else environ
        invented = INVENTED_HELP if env.get("LMS_ENV", "demo") != "production" else ("", "", "")
        data = Path(env.get("LMS_DATA_DIR", "var")).resolve()
        port = env.get("PORT", "5000")
        config = cls(
            env=env.get("LMS_ENV", "demo"),
            data_dir=data,
            database_url=_absolute(env.get("LMS_DATABASE_URL", f"sqlite:///{data / 'lms.sqlite3'}")),
            secret_key=env.get("LMS_SECRET_KEY", DEFAULT_SECRET),
            base_url=env.get("LMS_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
            mail_url=env.get("LMS_MAIL_URL", f"file:{data / 'mail'}"),
            sms_url=env.get("LMS_SMS_URL", f"file:{data / 'sms'}"),
            inbound_secret=env.get("LMS_INBOUND_SECRET", ""),
            timezone=env.get("LMS_TIMEZONE", "America/Los_Angeles"),
            keys_dir=Path(env.get("LMS_KEYS_DIR", str(data / "keys"))).resolve(),
            keys_passphrase=env.get("LMS_KEYS_PASSPHRASE", DEFAULT_PASSPHRASE),
            content_dir=Path(env.get("LMS_CONTENT_DIR", str(ROOT / "content"))).resolve(),
            help_name=env.get("LMS_HELP_NAME", invented[0]).strip(),
            help_phone=env.get("LMS_HELP_PHONE", invented[1]).strip(),
            help_email=env.get("LMS_HELP_EMAIL", invented[2]).strip(),
            proxies=_count(env.get("LMS_TRUSTED_PROXIES", "0")),
        )
        config.check(need_keys=need_keys)
        return config

    def check(self, *, need_keys: bool = True) -> None:
        """Raise `BadSettings` naming every setting that is wrong for this environment."""
        faults = []
        if self.env not in ENVIRONMENTS:
            faults.append(f"LMS_ENV is {self.env!r}; use one of {', '.join(ENVIRONMENTS)}.")
        if not _is_zone(self.timezone):
            faults.append(f"LMS_TIMEZONE is {self.timezone!r}; use a name such as America/Los_Angeles.")
        if self.proxies < 0:
            faults.append("LMS_TRUSTED_PROXIES must be a whole number: how many proxies stand in front.")
        if self.inbound_secret and len(self.inbound_secret) < 16:
            faults.append("LMS_INBOUND_SECRET must have at least 16 characters.")
        if self.env == "production":
            faults += self._production_faults(need_keys=need_keys)
        if faults:
            raise BadSettings("The settings cannot be used:\n- " + "\n- ".join(faults))

    def _production_faults(self, *, need_keys: bool) -> Iterator[str]:
        """Yield what would not be safe, or would send people to nobody, in a real installation."""
        if self.secret_key == DEFAULT_SECRET or len(self.secret_key) < 32:
            yield "LMS_SECRET_KEY must be set to at least 32 random characters."
        if self.keys_passphrase == DEFAULT_PASSPHRASE or len(self.keys_passphrase) < 16:
            yield "LMS_KEYS_PASSPHRASE must be set to at least 16 characters; it opens the signing keys."
        if urlsplit(self.base_url).scheme != "https":
            yield "LMS_BASE_URL must begin with https://."
        if urlsplit(self.base_url).path:
            yield "LMS_BASE_URL must end with the host: certificates name their issuer by it, and no path is served."
        if not (self.help_name and self.help_phone and self.help_email):
            yield "LMS_HELP_NAME, LMS_HELP_PHONE and LMS_HELP_EMAIL must say whom people ask; letters come from there."
        if need_keys and (not self.keys_dir.is_dir() or not any(self.keys_dir.iterdir())):
            yield "LMS_KEYS_DIR holds no signing key; make one with `lms keys create`."

    @property
    def is_sqlite(self) -> bool:
        """Return whether the database is a SQLite file."""
        return self.database_url.startswith("sqlite")


def _is_zone(name: str) -> bool:
    """Return whether a time zone has this name."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # unknown, a folder of zones, or no name at all
        return False
    return True


def _count(text: str) -> int:
    """Return a whole number from 0 on; -1 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() else -1


def _absolute(url: str) -> str:
    """Return `url` with a relative SQLite path made absolute and psycopg named as the driver."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/"):
        return prefix + str(Path(url.removeprefix(prefix)).resolve())
    for short in ("postgresql://", "postgres://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url
