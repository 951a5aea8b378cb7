"""How an answer waits: sealed, so that whoever holds the whole database alone can read nothing of it.

AES-256-GCM (NIST SP 800-38D) with a key that is derived from the installation's secret, which is in no database.
Every box of a survey has the same length, so that it does not tell how much was written.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lms.surveys.rules.words import TEXT_LIMIT

if TYPE_CHECKING:
    from lms.surveys.specs import QuestionSpec

_NONCE = 12
#: Bytes of a box for its frame and for each question; UTF-8 takes at most four for a character.
_FRAME, _QUESTION, _CHARACTER = 600, 300, 4
_VERSION = b"\x01"


def key_of(secret_key: str) -> bytes:
    """Return the 32 bytes that seal answers, derived from the installation's secret."""
    return hmac.new(secret_key.encode(), b"survey answers\x00", hashlib.sha256).digest()


def room_for(questions: Iterable[QuestionSpec]) -> int:
    """Return how many bytes the answers to these questions can take: the same for everybody."""
    return _FRAME + sum(_QUESTION + (TEXT_LIMIT * _CHARACTER if each.type == "text" else 0) for each in questions)


def seal(key: bytes, content: Mapping[str, Any], room: int) -> bytes:
    """Return a box with `content` in it, as long as any other of the same `room`; sealed anew it looks different."""
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    nonce = secrets.token_bytes(_NONCE)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plain.ljust(room), _VERSION)


def unseal(key: bytes, box: bytes) -> dict[str, Any] | None:
    """Return what a box holds; None when it was sealed by another key, or altered."""
    start = len(_VERSION)
    try:
        plain = AESGCM(key).decrypt(box[start : start + _NONCE], box[start + _NONCE :], box[:start])
    except (InvalidTag, ValueError):
        return None
    content: dict[str, Any] = json.loads(plain)
    return content
