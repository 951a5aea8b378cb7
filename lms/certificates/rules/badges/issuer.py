"""What an issuer publishes of itself: its DID document, its keys as JWKs, and the frameworks that badges point at.

Keys stay in these documents for ever, also when they are retired: what they signed stays good. A compromised key is
to be left out by whoever calls.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from lms.certificates.rules.badges import addresses
from lms.certificates.rules.badges.multibase import multikey

_DID_CONTEXTS = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
)
#: Which keys sign credentials by themselves, and which are published as JWKs. Pages have certificates instead.
_ASSERTING = ("badge", "jwt")
_AS_JWK = ("badge", "jwt", "code")


@dataclass(frozen=True)
class IssuerKey:
    """A public key: its name, its purpose, its SubjectPublicKeyInfo in DER, and the issuer's address it was made at."""

    id: str
    purpose: str
    public_key: bytes
    issuer_url: str


def did_document(url: str, keys: Iterable[IssuerKey]) -> dict[str, Any]:
    """Return the document that did:web resolves to, with the keys that sign credentials."""
    methods = [_method(url, key) for key in keys if key.purpose in _ASSERTING]
    return {
        "@context": list(_DID_CONTEXTS),
        "id": addresses.did_of(url),
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def _method(url: str, key: IssuerKey) -> dict[str, Any]:
    named = {"id": addresses.method_of(url, key.id), "controller": addresses.did_of(url)}
    public = load_der_public_key(key.public_key)
    if isinstance(public, Ed25519PublicKey):
        return {**named, "type": "Multikey", "publicKeyMultibase": multikey(public.public_bytes_raw())}
    return {**named, "type": "JsonWebKey", "publicKeyJwk": jwk(key)}


def jwks(keys: Iterable[IssuerKey]) -> dict[str, Any]:
    """Return the public keys of badges, JWTs and codes as one set."""
    return {"keys": [jwk(key) for key in keys if key.purpose in _AS_JWK]}


def jwk(key: IssuerKey) -> dict[str, str]:
    """Return a public key as a JWK (RFC 7517). It is called by its own address, as in the head of a JWT."""
    named = {"kid": addresses.key_url(key.issuer_url, key.id), "use": "sig"}
    public = load_der_public_key(key.public_key)
    if isinstance(public, RSAPublicKey):
        numbers = public.public_numbers()
        return {**named, "kty": "RSA", "alg": "RS256", "n": _number(numbers.n), "e": _number(numbers.e)}
    if isinstance(public, Ed25519PublicKey):
        return {**named, "kty": "OKP", "crv": "Ed25519", "x": _base64(public.public_bytes_raw())}
    if not isinstance(public, EllipticCurvePublicKey) or public.curve.name != "secp256r1":
        raise ValueError("neither RSA, Ed25519 nor P-256")
    point = public.public_numbers()
    return {**named, "kty": "EC", "alg": "ES256", "crv": "P-256", "x": _number(point.x, 32), "y": _number(point.y, 32)}


def framework_document(
    url: str, framework: str, title: str, competencies: Mapping[str, str], *, changed: str
) -> dict[str, Any]:
    """Return a framework as 1EdTech CASE 1.0 has it. `competencies` are titles by code, `changed` a moment in UTC."""
    address = addresses.framework_url(url, framework)
    items = []
    for code, statement in competencies.items():
        item = addresses.competency_url(url, framework, code)
        named = {"identifier": _uuid(item), "uri": item, "CFItemType": "Competency", "language": "en"}
        items.append({**named, "humanCodingScheme": code, "fullStatement": statement, "lastChangeDateTime": changed})
    document = {
        "identifier": _uuid(address),
        "uri": address,
        "creator": url,
        "title": title,
        "language": "en",
        "lastChangeDateTime": changed,
    }
    return {"CFDocument": document, "CFItems": items}


def _uuid(address: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, address))


def _number(number: int, size: int = 0) -> str:
    """Return a number as JWKs write it, in no more bytes than it needs, or in `size` bytes."""
    return _base64(number.to_bytes(size or (number.bit_length() + 7) // 8, "big"))


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
