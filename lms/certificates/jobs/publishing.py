"""What verifiers fetch, as bytes: the issuer's keys and status lists, and the folder that holds all of it.

A status list is signed when it is asked for, as of the beginning of the hour: whoever asks within the same hour, in
whatever process, is given the same bytes, unless something was revoked or replaced meanwhile. So no clockwork can let
the list run out.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy.orm import Session

from lms.certificates import queries, service
from lms.certificates.jobs.keyring.provider import KeyProvider
from lms.certificates.queries import PublicKey
from lms.certificates.queries.statuses import list_numbers, list_withdrawn
from lms.certificates.rules.badges import addresses, issuer, proofs, statuses
from lms.errors import RuleBroken

JSON = "application/json"
CREDENTIAL = "application/vc"
TOKEN = "application/jwt"  # noqa: S105 -- a media type
#: A status list as a credential, and as a token.
Forms = tuple[bytes, bytes]


def did_document(keys: list[PublicKey], url: str) -> bytes:
    """Return the document that the issuer's did:web resolves to. Compromised keys are left out."""
    return dump(issuer.did_document(url, _of(keys, url)))


def jwks(keys: list[PublicKey], url: str) -> bytes:
    """Return the issuer's public keys as a JWK set. Compromised keys are left out."""
    return dump(issuer.jwks(_of(keys, url)))


def jwk(keys: list[PublicKey], url: str, key_id: str) -> bytes | None:
    """Return one public key as a JWK; None for one that is not published."""
    for key in _of(keys, url):
        if key.id == key_id and key.purpose != "root":
            return dump(issuer.jwk(key))
    return None


def root_pem(keys: list[PublicKey]) -> bytes:
    """Return the root certificates that are trusted still, the newest first, as PEM."""
    roots = [key.certificate for key in reversed(keys) if key.purpose == "root" and key.compromised_at is None]
    return b"".join(
        x509.load_der_x509_certificate(root).public_bytes(Encoding.PEM) for root in roots if root is not None
    )


def _of(keys: list[PublicKey], url: str) -> list[issuer.IssuerKey]:
    return [
        issuer.IssuerKey(key.key_id, key.purpose, key.public_key, key.issuer_url)
        for key in keys
        if key.compromised_at is None and key.issuer_url == url
    ]


def status_list(
    session: Session,
    provider: KeyProvider,
    number: int,
    *,
    at: datetime,
    as_token: bool = False,
    url: str = "",
    find: Callable[[Session, int], list[int]] = list_withdrawn,
) -> bytes | None:
    """Return a status list, signed as of this hour; None when there is none of that number.

    It names the site's address of today, or `url`, where certificates were issued before. `find` says which places are
    withdrawn. Raises `RuleBroken` without keys, and `KeyUnusableError`.
    """
    if number not in list_numbers(session):
        return None
    signers = _signers(session, provider, at, url)
    return signed_list(signers, number, tuple(find(session, number)), at=at, as_token=as_token)


def _signers(session: Session, provider: KeyProvider, at: datetime, url: str) -> Signers:
    """Return what signs the lists of an address ("": that of new certificates); raise `RuleBroken` without keys.

    At an earlier address its newest keys that sign here do, also retired ones: nothing new is issued there.
    """
    now = queries.find_keys_in_force(session, at)
    if now is not None and url in ("", now.issuer_url):
        return Signers(provider, now.issuer_url, now.by_purpose["badge"], now.by_purpose["jwt"])
    able = {
        key.purpose: key.key_id
        for key in queries.list_keys(session)
        if url and key.issuer_url == url and key.compromised_at is None and provider.holds(key.key_id)
    }
    if not {"badge", "jwt"} <= able.keys():
        raise RuleBroken("no_key")
    return Signers(provider, url, able["badge"], able["jwt"])


def address_of(keys: list[PublicKey], host: str, otherwise: str) -> str:
    """Return the address, of those that keys were made for, at which somebody asks; `otherwise` when it is none."""
    known = [key.issuer_url for key in reversed(keys) if key.issuer_url and urlsplit(key.issuer_url).netloc == host]
    return known[0] if known else otherwise


@dataclass(frozen=True)
class Signers:
    """What signs status lists, and for whom."""

    provider: KeyProvider
    url: str
    badge: str
    jwt: str


def signed_list(signers: Signers, number: int, withdrawn: tuple[int, ...], *, at: datetime, as_token: bool) -> bytes:
    """Return a list of what was withdrawn, signed as of the hour of `at`."""
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return _signed_list(signers, number, withdrawn, hour, as_token)


@lru_cache(maxsize=32)
def _signed_list(
    signers: Signers,
    number: int,
    withdrawn: tuple[int, ...],
    hour: datetime,
    as_token: bool,
) -> bytes:
    """Return a signed list; kept, because it is asked for far more often than it changes."""
    document = statuses.status_document(signers.url, number, withdrawn, at=hour)
    if as_token:
        sign = partial(signers.provider.sign, signers.jwt)
        return statuses.status_jwt(document, sign, url=signers.url, key_id=signers.jwt).encode()
    sign = partial(signers.provider.sign, signers.badge)
    return proofs.dump(proofs.secure(document, sign, key_id=signers.badge, created=statuses.moment(hour)))


def write_bundle(session: Session, provider: KeyProvider, folder: Path, *, name: str, at: datetime) -> list[Path]:
    """Write all that a verifier needs into a folder, and return the files: it needs no network, nor this site.

    The lists of earlier addresses of the site are there as well, as long as their keys sign here. Raises `RuleBroken`
    without keys, and `KeyUnusableError`.
    """
    keys, url = queries.list_keys(session), service.get_keys(session, at).issuer_url
    lists = {url: _lists(session, provider, url, at)}
    for earlier in dict.fromkeys(key.issuer_url for key in keys if key.issuer_url not in ("", url)):
        try:
            lists[earlier] = _lists(session, provider, earlier, at)
        except RuleBroken:  # no key of that address signs here: its certificates are told as unlisted
            lists[earlier] = {}
    return write_folder(folder, keys, lists, {"name": name, "url": url}, at=at)


def _lists(session: Session, provider: KeyProvider, url: str, at: datetime) -> dict[int, Forms]:
    """Return every status list as it stands at one address, signed."""
    signers, found = _signers(session, provider, at, url), {}
    for number in list_numbers(session):
        withdrawn = tuple(list_withdrawn(session, number))
        plain, token = (signed_list(signers, number, withdrawn, at=at, as_token=form) for form in (False, True))
        found[number] = plain, token
    return found


def write_folder(
    folder: Path,
    keys: list[PublicKey],
    lists: Mapping[str, Mapping[int, Forms]],
    named: Mapping[str, str],
    *,
    at: datetime,
) -> list[Path]:
    """Write the folder of trust of the issuer `named` by "name" and "url"; return the files.

    `lists` has the status lists of each address. What belongs to an earlier one is below `addresses/HOST`.
    """
    index: list[dict[str, Any]] = []
    written: dict[str, bytes] = {"credentials/root.pem": root_pem(keys)}
    for url, numbered in lists.items():
        place = "" if url == named["url"] else f"addresses/{addresses.part_of(urlsplit(url).netloc)}/"
        for number, forms in numbered.items():
            path = f"{place}credentials/status/{number}"
            written |= {path: forms[0], f"{path}.jwt": forms[1]}
            index.append({"list": number, "url": addresses.status_url(url, number), "file": path})
        written |= {f"{place}{path}": content for path, content in _documents(keys, url).items()}
    made_at = {"made_at": statuses.moment(at.astimezone(UTC))}
    written["trust.json"] = dump(index_of(keys, index, named) | made_at)
    return [_write(folder / path, content) for path, content in written.items()]


def _documents(keys: list[PublicKey], url: str) -> dict[str, bytes]:
    """Return what is published of the keys of one address, by path."""
    return {
        ".well-known/did.json": did_document(keys, url),
        ".well-known/jwks.json": jwks(keys, url),
        **{f"credentials/keys/{key.id}": dump(issuer.jwk(key)) for key in _of(keys, url) if key.purpose != "root"},
    }


def index_of(keys: list[PublicKey], lists: list[dict[str, Any]], named: Mapping[str, str]) -> dict[str, Any]:
    """Return the list of everything in the folder that `lms certificates verify` reads."""
    return {
        "type": "chw-trust/1",
        "issuer": dict(named),
        "keys": [_entry(key) for key in keys],
        "roots": [
            base64.b64encode(key.certificate).decode()
            for key in keys
            if key.purpose == "root" and key.certificate is not None and key.compromised_at is None
        ],
        "status": lists,
    }


def _entry(key: PublicKey) -> dict[str, Any]:
    def moment(at: datetime | None) -> str | None:
        return statuses.moment(at.astimezone(UTC)) if at else None

    return {
        "id": key.key_id,
        "purpose": key.purpose,
        "algorithm": key.algorithm,
        "public_key": base64.b64encode(key.public_key).decode(),
        "issuer_url": key.issuer_url,
        "active_from": moment(key.activated_at),
        "retired_at": moment(key.retired_at),
        "compromised_at": moment(key.compromised_at),
        "certificate": base64.b64encode(key.certificate).decode() if key.certificate else None,
    }


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def dump(document: Mapping[str, Any]) -> bytes:
    """Return a document as people can read it, too."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
