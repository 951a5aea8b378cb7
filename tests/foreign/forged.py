"""What forgers make of certificates: every field changed in turn, and credentials under keys of their own."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lms.certificates.rules.badges import document, issuer, proofs, statuses, tokens
from lms.clock import now

EVIL = "https://evil.example.org"
METHOD = "e" * 16
Path = tuple[str | int, ...]


def leaves(node: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every value that holds no others."""
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(value, (*path, key))
    else:
        yield path


def tampered(whole: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a copy for each value in it, with that value changed, and where it is."""
    for path in leaves(whole):
        changed = copy.deepcopy(whole)
        within: Any = changed
        for key in path[:-1]:
            within = within[key]
        within[path[-1]] = _other(within[path[-1]])
        yield "/".join(map(str, path)), changed


def _other(value: Any) -> Any:
    """Return another value of the same kind, so that only the signature can tell."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    assert isinstance(value, str)
    if value[:2] == "20" and value.endswith("Z"):
        return f"{int(value[:4]) + 1}{value[4:]}"
    return value[:-1] + ("1" if value[-1] != "1" else "2")


def tampered_tokens(token: str) -> Iterator[tuple[str, str]]:
    """Yield a JWT for each value in its head and body, with that value changed and the signature as it was."""
    head, body, signature = token.split(".")
    for name, changed in tampered(_read(head)):
        yield f"head/{name}", f"{_written(changed)}.{body}.{signature}"
    for name, changed in tampered(_read(body)):
        yield f"body/{name}", f"{head}.{_written(changed)}.{signature}"
    yield "signature", f"{head}.{body}.{signature[:-9]}{'A' if signature[-9] != 'A' else 'B'}{signature[-8:]}"
    none = _written({**_read(head), "alg": "none"})
    yield "no signature", f"{none}.{body}."


def _read(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _written(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part, ensure_ascii=False).encode()).decode().rstrip("=")


@cache
def evil_badge_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


@cache
def evil_token_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 3072)


def evil_keys(url: str) -> list[issuer.IssuerKey]:
    """Return a forger's public keys, as a site at `url` would publish them."""
    pairs = (("badge", evil_badge_key().public_key()), ("jwt", evil_token_key().public_key()))
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return [issuer.IssuerKey(METHOD, purpose, key.public_bytes(*form), url) for purpose, key in pairs]


def forged_badge(payload: dict[str, Any], key_id: str) -> dict[str, Any]:
    """Return a credential with a forger's proof that names a key of the issuer in the payload."""
    bare = document.credential(payload)
    return proofs.secure(bare, evil_badge_key().sign, key_id=key_id, created=payload["frozen_at"])


def forged_token(payload: dict[str, Any], key_id: str) -> str:
    """Return the same as a JWT."""
    named = {**payload, "keys": {**payload["keys"], "jwt": key_id}}
    return tokens.jwt(named, lambda data: evil_token_key().sign(data, padding.PKCS1v15(), hashes.SHA256()))


def evil_site() -> dict[str, str]:
    """Return what the forger's own site answers: everything that an issuer publishes, all in order."""
    keys = evil_keys(EVIL)
    bare = statuses.status_document(EVIL, 1, (), at=now())
    listed = proofs.secure(bare, evil_badge_key().sign, key_id=METHOD, created=bare["validFrom"])
    return {
        f"{EVIL}/.well-known/did.json": json.dumps(issuer.did_document(EVIL, keys)),
        f"{EVIL}/.well-known/jwks.json": json.dumps(issuer.jwks(keys[1:])),
        f"{EVIL}/credentials/status/1": json.dumps(listed),
    }
