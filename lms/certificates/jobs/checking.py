"""The independent check of a certificate: shares no code with what issues it, and trusts the published keys alone.

It reads the two files as a stranger would: parse, put in canonical form again, verify, hash again, and find the
address of the check and the hash of the payload in the PDF.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_INFO = re.compile(rb"/(Subject|Keywords) \(((?:[^()\\]|\\.)*)\)")
_MEMBERS = {
    "type", "serial", "edition", "key_id", "name", "language", "track", "competencies", "minutes",
    "language_of_instruction", "completed_on", "awarded_on", "valid_until", "issuer", "disclaimers", "template",
    "content", "demonstration",
}  # fmt: skip


class CheckFailedError(Exception):
    """A certificate is not what it should be. The message says what is wrong."""


@dataclass(frozen=True)
class Checked:
    """A certificate whose signature is good: what it states, the key, and the hash of the signed bytes."""

    payload: Mapping[str, Any]
    key_id: str
    sha256: str


def check_json(content: bytes, keys: Mapping[str, bytes]) -> Checked:
    """Return what a JSON certificate states once its signature is verified; raise `CheckFailedError`.

    `keys` holds the published public keys, 32 bytes each, by id.
    """
    try:
        document = json.loads(content)
        payload, proof = document["payload"], document["proof"]
        signature = base64.b64decode(proof["signature"] + "==", altchars=b"-_", validate=True)
        signed = rfc8785.dumps(payload)
    except (ValueError, KeyError, TypeError, binascii.Error, rfc8785.CanonicalizationError) as error:
        raise CheckFailedError("this is not a certificate of ours") from error
    if proof.get("type") != "Ed25519" or set(payload) != _MEMBERS or payload["key_id"] != proof.get("key_id"):
        raise CheckFailedError("the parts of this certificate do not belong together")
    public = keys.get(proof["key_id"])
    if public is None:
        raise CheckFailedError(f"the key {proof['key_id']} is not among those published")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except InvalidSignature as error:
        raise CheckFailedError("the signature does not fit what the certificate says; it was altered") from error
    return Checked(payload, proof["key_id"], hashlib.sha256(signed).hexdigest())


def check_pdf(content: bytes, checked: Checked, *, base_url: str) -> None:
    """Raise `CheckFailedError` unless the PDF belongs to the checked payload and its code leads to our check."""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-32:]:
        raise CheckFailedError("the PDF is not whole")
    found = {name.decode(): value.replace(b"\\", b"").decode("latin-1") for name, value in _INFO.findall(content)}
    edition = checked.payload["edition"]
    expected = f"{base_url}/V/{checked.payload['serial']}/{edition}".casefold()
    if found.get("Subject", "").casefold() != expected:
        leads = found.get("Subject") or "nowhere"
        raise CheckFailedError(f"the code on the PDF leads to {leads}, and the check is at {base_url}")
    if found.get("Keywords") != f"{checked.payload['serial']} edition {edition} sha256 {checked.sha256}":
        raise CheckFailedError("the PDF belongs to another certificate")


def check_dates(payload: Mapping[str, Any], today: date) -> None:
    """Raise `CheckFailedError` when the certificate's dates cannot be right, or this machine's clock is not."""
    completed, awarded = (date.fromisoformat(payload[name]) for name in ("completed_on", "awarded_on"))
    if awarded < completed:
        raise CheckFailedError("the certificate was awarded before the training was completed")
    if today < awarded:
        raise CheckFailedError("the certificate is from a day that is still to come; is the clock right?")
