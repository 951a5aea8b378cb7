"""What a check trusts: the issuer's public keys and roots, and status lists, as a folder holds them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lms.certificates.jobs.checking.failing import CheckFailedError


@dataclass(frozen=True)
class TrustedKey:
    """A public key (SubjectPublicKeyInfo, DER), what it may sign, and for which site."""

    key_id: str
    purpose: str
    public_key: bytes
    issuer_url: str
    is_compromised: bool = False

    @property
    def issuer(self) -> str:
        """Return the issuer's did:web."""
        parts = urlsplit(self.issuer_url)
        path = [each for each in parts.path.split("/") if each]
        return ":".join(["did", "web", parts.netloc.replace(":", "%3A"), *path])


@dataclass(frozen=True)
class Trust:
    """The keys by id, the root certificates (DER), and the status lists at hand by address (as they were fetched).

    Compromised keys and roots are known too, so that what they signed is told apart from what strangers signed.
    """

    keys: Mapping[str, TrustedKey]
    roots: tuple[bytes, ...] = ()
    lists: Mapping[str, bytes] = field(default_factory=dict)
    compromised_roots: tuple[bytes, ...] = ()

    def forgiving(self) -> Trust:
        """Return the same trust as if nothing had been compromised: it tells whether old files are whole."""
        keys = {key_id: replace(key, is_compromised=False) for key_id, key in self.keys.items()}
        return Trust(keys, (*self.roots, *self.compromised_roots), self.lists)

    def key(self, key_id: str, purpose: str) -> TrustedKey:
        """Return a key that may sign for `purpose`; raise `CheckFailedError` when it is not trusted to."""
        found = self.keys.get(key_id)
        if found is None or found.purpose != purpose:
            raise CheckFailedError(f"the key {key_id[:64]} is not among those trusted for this", "unknown-issuer")
        if found.is_compromised:
            raise CheckFailedError(f"the key {key_id} was compromised: nothing that it signed counts", "compromised")
        return found


def read_trust(folder: Path) -> Trust:
    """Return the trust that a folder states, as `lms certificates trust-bundle` wrote it; raise `CheckFailedError`."""
    try:
        index = json.loads((folder / "trust.json").read_bytes())
        keys = [_key(entry) for entry in index["keys"]]
        roots = tuple(base64.b64decode(each, validate=True) for each in index["roots"])
        lost = [each for each in index["keys"] if each["purpose"] == "root" and each["compromised_at"] is not None]
        compromised = tuple(base64.b64decode(each["certificate"], validate=True) for each in lost)
        lists = {str(each["url"]): (folder / _inside(each["file"])).read_bytes() for each in index["status"]}
    except (OSError, ValueError, KeyError, TypeError, binascii.Error) as error:
        raise CheckFailedError(f"{folder} is not a folder of trust: {error}", "no-trust") from error
    return Trust({key.key_id: key for key in keys}, roots, lists, compromised)


def _key(entry: Mapping[str, Any]) -> TrustedKey:
    public = base64.b64decode(entry["public_key"], validate=True)
    compromised = entry["compromised_at"] is not None
    return TrustedKey(entry["id"], entry["purpose"], public, entry["issuer_url"], is_compromised=compromised)


def _inside(name: str) -> str:
    """Return a file's name below the folder; raise `ValueError` for any that leads out of it."""
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise ValueError(f"{name} leads out of the folder")
    return name
