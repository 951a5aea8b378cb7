"""Making keys and putting them in force: whatever a certificate needs and the site has not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

from lms.certificates import queries, service
from lms.certificates.jobs.keyring.folder import KeyFolder
from lms.certificates.jobs.keyring.provider import KeyProvider
from lms.certificates.queries import PublicKey
from lms.certificates.rules.kinds import SIGNING_PURPOSES
from lms.certificates.service import NewKey
from lms.config import Config
from lms.db import reading, write


def provider_of(config: Config) -> KeyProvider:
    """Return what keeps this installation's private keys."""
    return KeyFolder(config.keys_dir, config.keys_passphrase)


def ensure_keys(config: Config, *, at: datetime, issuer: str = "") -> list[NewKey]:
    """Make the keys that are missing and put them in force; return them. `issuer` names who signs."""
    if queries.find_keys_in_force(reading(), at) is not None:
        return []
    return make_missing(config, SIGNING_PURPOSES, at=at, issuer=issuer)


def make_missing(config: Config, purposes: Collection[str], *, at: datetime, issuer: str = "") -> list[NewKey]:
    """Make a key for each of `purposes` that has none in force for this site, and a root where pages need one."""
    held = {key.purpose for key in _in_force(config)}
    return [
        made for purpose in purposes if purpose not in held for made in make_key(config, purpose, at=at, issuer=issuer)
    ]


def make_key(config: Config, purpose: str, *, at: datetime, issuer: str = "") -> list[NewKey]:
    """Make one key for `purpose` and put it in force; return it, after the root that had to be made for it."""
    provider, name = provider_of(config), issuer or _host(config)
    made = []
    if purpose == "page" and _root(config, provider) is None:
        made += make_key(config, "root", at=at, issuer=issuer)
    key_id, public = provider.create(purpose)
    certificate = None
    if purpose in ("root", "page"):
        root = _root(config, provider) if purpose == "page" else None
        certificate = provider.certify(key_id, name=name, url=config.base_url, at=at, root=root)
    key = NewKey(key_id, purpose, public, certificate)
    write(lambda session: service.add_keys(session, [key], issuer_url=config.base_url, at=at))
    return [*made, key]


def _in_force(config: Config) -> list[PublicKey]:
    """Return the keys in force that belong to this site, the oldest first."""
    found = [key for key in queries.list_keys(reading()) if key.is_in_force and key.issuer_url == config.base_url]
    reading().rollback()
    return found


def _root(config: Config, provider: KeyProvider) -> tuple[str, bytes] | None:
    """Return id and certificate of the newest root in force that can sign here."""
    for key in reversed(_in_force(config)):
        if key.purpose == "root" and key.certificate is not None and provider.holds(key.key_id):
            return key.key_id, key.certificate
    return None


def _host(config: Config) -> str:
    return urlsplit(config.base_url).hostname or config.base_url
