"""The check of the credential as a token (RS256 JWT), and of the token in the code on the page (COSE, ES256).

Sources: RFC 7515, Open Badges 3.0 "JSON Web Token Proof Format"; RFC 9052, RFC 8392.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from lms.certificates.jobs.checking.badge import MOST_BYTES, Checked, read_badge
from lms.certificates.jobs.checking.failing import CheckFailedError
from lms.certificates.jobs.checking.trust import Trust

_FACTS = -70001
_KEYS = {1, 4, 6, 7, _FACTS}


@dataclass(frozen=True)
class Told:
    """What the code on a page says, once its signature is verified."""

    issuer_url: str
    serial: str
    edition: int
    name: str
    title: str
    awarded_on: str
    minutes: int
    place: tuple[int, int]
    key_id: str
    #: In seconds since 1970; `ends_at` is None without an end.
    issued_at: int
    ends_at: int | None
    is_demonstration: bool


def check_jwt(text: str, trust: Trust) -> Checked:
    """Return what a credential as a token says once its signature is verified; raise `CheckFailedError`."""
    if len(text) > MOST_BYTES:
        raise CheckFailedError("the file is too large to be a certificate of ours", "not-ours")
    try:
        head, body, end = text.strip().split(".")
        header, document, signature = json.loads(_base64(head)), json.loads(_base64(body)), _base64(end)
        key_id = str(header["kid"]).rpartition("/")[2]
        is_ours = header["alg"] == "RS256" and set(header) <= {"alg", "kid", "typ"}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CheckFailedError("this is no token of ours", "not-ours") from error
    if not is_ours:
        raise CheckFailedError("this token is of another kind than ours", "not-ours")
    key = trust.key(key_id, "jwt")
    public = load_der_public_key(key.public_key)
    if not isinstance(public, rsa.RSAPublicKey):
        raise CheckFailedError(f"the key {key_id} is of another kind", "unknown-issuer")
    try:
        public.verify(signature, f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature as error:
        raise CheckFailedError("the signature does not fit what the token says") from error
    checked = read_badge(document, key_id)
    same = {"iss": checked.issuer, "jti": document["id"], "sub": document["credentialSubject"]["id"]}
    if any(document.get(name) != value for name, value in same.items()) or checked.issuer != key.issuer:
        raise CheckFailedError("the token names another issuer, subject or credential", "unknown-issuer")
    return checked


def check_code(text: str, trust: Trust) -> Told:
    """Return what the text of a code says once its signature is verified; raise `CheckFailedError`."""
    head, body, signature, claims = _opened(text)
    try:
        key_id = head[4].hex()
        is_ours = head == {1: -7, 4: head[4]} and len(head[4]) == 8 and len(signature) == 64 and set(claims) <= _KEYS
        facts = claims[_FACTS]
        told = _told(claims, facts, key_id)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckFailedError("this code is of another kind than ours", "not-ours") from error
    key = trust.key(key_id, "code")
    public = load_der_public_key(key.public_key)
    if not is_ours or not isinstance(public, ec.EllipticCurvePublicKey) or claims[1] != key.issuer_url:
        raise CheckFailedError("the code names another issuer, or another kind of key", "unknown-issuer")
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    signed = cbor2.dumps(["Signature1", body[0], b"", body[1]])
    try:
        public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise CheckFailedError("the signature does not fit what the code says") from error
    return told


def _told(claims: Mapping[int, Any], facts: Mapping[int, Any], key_id: str) -> Told:
    """Return what the claims of a code say, whatever kind of value each has."""
    return Told(
        issuer_url=claims[1],
        serial=claims[7].decode(),
        edition=facts[5],
        name=facts[1],
        title=facts[2],
        awarded_on=facts[4],
        minutes=facts[3],
        place=tuple(facts[6]),
        key_id=key_id,
        issued_at=claims[6],
        ends_at=claims.get(4),
        is_demonstration=facts.get(7) is True,
    )


def _opened(text: str) -> tuple[dict[int, Any], tuple[bytes, bytes], bytes, Mapping[int, Any]]:
    """Return the header, what was signed of it and of the claims, the signature, and the claims of a code."""
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
        if len(raw) > 2000:
            raise CheckFailedError("the code is too long to be ours", "not-ours")
        message = _decoded(raw)
        protected, unprotected, payload, signature = message.value if isinstance(message, cbor2.CBORTag) else message
        if unprotected != {}:
            raise CheckFailedError("the code has a header that is not signed", "not-ours")
        return _decoded(protected), (protected, payload), signature, _decoded(payload)
    except (ValueError, TypeError, RecursionError, binascii.Error, cbor2.CBORDecodeError) as error:
        raise CheckFailedError("this is no code of ours", "not-ours") from error


def _decoded(content: bytes) -> Any:
    """Return what CBOR says; raise `ValueError` where something follows it."""
    file = io.BytesIO(content)
    found = cbor2.load(file)
    if file.read(1):
        raise ValueError("something follows the code")
    return found


def _base64(text: str) -> bytes:
    """Return base64url without padding; raise `ValueError`."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
