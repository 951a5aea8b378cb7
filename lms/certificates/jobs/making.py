"""Making one certificate: sign the frozen bytes, draw the page, store both files, and check them as a stranger."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from lms import files
from lms.certificates.jobs import checking
from lms.certificates.jobs.drawing import Sheet, column_of, draw_certificate
from lms.certificates.rules.payloads import verify_address
from lms.certificates.service import Lease, Made
from lms.certificates.specs import CertificateSpec
from lms.config import Config
from lms.content.library import SOURCE_LOCALE, Words, source_of, spec_of, words_of


def make_certificate(
    session: Session,
    config: Config,
    lease: Lease,
    key: Ed25519PrivateKey,
    *,
    public_keys: Mapping[str, bytes],
    today: date,
) -> Made:
    """Return the stored and checked files of one reserved edition. The same lease gives the same bytes.

    `session` only reads. Raises `CheckFailedError`, `MissingGlyphError`, or `OSError` when the disk refuses.
    """
    document = sign_payload(lease.payload, lease.key_id, key)
    page = draw_certificate(sheet_of(session, config, lease))
    stored = {kind: files.put(config.data_dir, content) for kind, content in (("json", document), ("pdf", page))}
    checked = checking.check_json(files.get(config.data_dir, stored["json"].sha256), public_keys)
    checking.check_pdf(files.get(config.data_dir, stored["pdf"].sha256), checked, base_url=config.base_url)
    checking.check_dates(checked.payload, today)
    return Made(lease, tuple((kind, each.sha256, each.size) for kind, each in stored.items()))


def sign_payload(payload: bytes, key_id: str, key: Ed25519PrivateKey) -> bytes:
    """Return the certificate as JSON: the payload, and the signature over its RFC 8785 bytes."""
    signature = base64.urlsafe_b64encode(key.sign(payload)).rstrip(b"=").decode()
    document = {
        "payload": json.loads(payload),
        "proof": {"type": "Ed25519", "key_id": key_id, "signature": signature},
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def sheet_of(session: Session, config: Config, lease: Lease) -> Sheet:
    """Return what is drawn for an edition: its payload, in the words of the revisions that it froze."""
    payload = json.loads(lease.payload)
    spec = spec_of(CertificateSpec, source_of(session, lease.design_revision_id))
    words = words_of(session, lease.words_revision_id, payload["language"])
    languages = [SOURCE_LOCALE] if payload["language"] == SOURCE_LOCALE else [payload["language"], SOURCE_LOCALE]
    page = f"{config.base_url.partition('://')[2]}/verify"
    return Sheet(
        columns=tuple(
            column_of(payload, tag, _sayer(spec, words if tag != SOURCE_LOCALE else Words(tag)), verify_page=page)
            for tag in languages
        ),
        name=payload["name"],
        issuer=payload["issuer"],
        serial=payload["serial"],
        edition=payload["edition"],
        payload_sha256=hashlib.sha256(lease.payload).hexdigest(),
        address=verify_address(config.base_url, lease.serial, lease.number),
        ink=spec.ink,
        accent=spec.accent,
        is_demonstration=payload["demonstration"],
    )


def _sayer(spec: CertificateSpec, words: Words) -> Callable[[str], str]:
    """Return a function from a word's name to the sentence in the language of `words`, in English without one."""
    english: dict[str, Any] = spec.words.model_dump()
    return lambda name: words.text(f"{spec.key}.yml:words.{name}", english[name]).text
