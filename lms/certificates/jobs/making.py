"""Making one certificate: sign the frozen bytes, draw the page, store both files, and check them as a stranger."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from lms import files
from lms.certificates.jobs import checking, drawing
from lms.certificates.jobs.drawing import RENDERINGS, Rendering, Sheet, draw_certificate
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


def sheet_of(session: Session, config: Config, lease: Lease, rendering: Rendering = RENDERINGS["pdf"]) -> Sheet:
    """Return what is drawn for an edition: its payload, in the words of the revisions that it froze."""
    payload = json.loads(lease.payload)
    spec = spec_of(CertificateSpec, source_of(session, lease.design_revision_id))
    words = words_of(session, lease.words_revision_id, payload["language"])
    return drawing.sheet_of(
        _as_drawn(payload, spec, words),
        payload_sha256=hashlib.sha256(lease.payload).hexdigest(),
        spec=spec,
        words=words,
        rendering=rendering,
        code=verify_address(config.base_url, lease.serial, lease.number),
        verify_page=f"{config.base_url.partition('://')[2]}/verify",
    )


def _as_drawn(payload: Mapping[str, Any], spec: CertificateSpec, words: Words) -> Mapping[str, Any]:
    """Return a payload `chw-certificate/1` with what the page needs besides; a later one as it is."""
    if payload["type"] != "chw-certificate/1":
        return payload
    signers = []
    for number, signer in enumerate(spec.signers, 1):
        said = words.text(f"{spec.key}.yml:signers.{number}", signer.title)
        signers.append({"name": signer.name, "title": {SOURCE_LOCALE: said.english, words.locale: said.text}})
    return {
        **payload,
        "issuer": {"name": payload["issuer"]},
        "track": {**payload["track"], "revision": payload["content"]["revisions"]["track"]},
        "frozen_at": f"{payload['awarded_on']}T00:00:00Z",
        "signers": signers,
    }
