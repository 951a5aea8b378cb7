"""Making the files of one edition: sign, draw, seal, store, and check them as a stranger would."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from lms import files
from lms.certificates import queries
from lms.certificates.jobs import checking
from lms.certificates.jobs.checking import CheckFailedError, Trust
from lms.certificates.jobs.checking.page import check_page
from lms.certificates.jobs.drawing import RENDERINGS, Sheet, draw_certificate, sheet_of
from lms.certificates.jobs.keyring.chain import is_issued_by
from lms.certificates.jobs.keyring.provider import KeyProvider
from lms.certificates.jobs.sealing import seal_page
from lms.certificates.queries import PublicKey
from lms.certificates.rules.badges import document, proofs, tokens
from lms.certificates.rules.kinds import CREDENTIAL
from lms.certificates.service import Lease, Made
from lms.certificates.specs import CertificateSpec
from lms.config import Config
from lms.content.library import source_of, spec_of, words_of
from lms.errors import NotFound
from lms.files import DamagedFileError, Stored


@dataclass(frozen=True)
class Workshop:
    """What certificates are made with: where private keys are, which public ones there are, and what a check trusts."""

    config: Config
    provider: KeyProvider
    keys: dict[str, PublicKey]
    trust: Trust

    def sign_with(self, key_id: str) -> proofs.Sign:
        """Return what signs with one key."""
        return partial(self.provider.sign, key_id)

    def get(self, sha256: str) -> bytes:
        """Return a stored file."""
        return files.get(self.config.data_dir, sha256)


def make(session: Session, workshop: Workshop, lease: Lease, *, at: datetime) -> Made:
    """Return the stored and checked files of one stage of an edition. The same lease gives the same bytes.

    `session` only reads. Raises `CheckFailedError`, `KeyUnusableError`, `MissingGlyphError`, or `OSError` when the disk
    refuses.
    """
    written = write_credential(workshop, lease) if lease.stage == CREDENTIAL else write_page(session, workshop, lease)
    stored = {kind: files.put(workshop.config.data_dir, content) for kind, content in written.items()}
    check_made(session, workshop, lease, stored)
    checking.check_dates(lease.payload, at)
    return Made(lease, tuple((kind, each.sha256, each.size) for kind, each in stored.items()))


def write_credential(workshop: Workshop, lease: Lease) -> dict[str, bytes]:
    """Return the credential with its proof, the same as a token, and the text of the code on the page."""
    payload = json.loads(lease.payload)
    return {
        "vc": credential_of(payload, workshop.sign_with(lease.keys["badge"])),
        "jwt": tokens.jwt(payload, workshop.sign_with(lease.keys["jwt"])).encode(),
        "code": tokens.code(payload, workshop.sign_with(lease.keys["code"])).encode(),
    }


def credential_of(payload: dict[str, Any], sign: proofs.Sign) -> bytes:
    """Return the credential of a payload with its proof, as its file holds it."""
    key_id = payload["keys"]["badge"]
    return proofs.dump(proofs.secure(document.credential(payload), sign, key_id=key_id, created=payload["frozen_at"]))


def write_page(session: Session, workshop: Workshop, lease: Lease) -> dict[str, bytes]:
    """Return one page of a released edition, with the credential inside it, sealed."""
    made: dict[str, bytes] = {}
    stored = dict(queries.files_of(session, lease.edition_id))
    for kind in ("vc", "code"):
        try:
            made[kind] = workshop.get(stored[kind])
        except (NotFound, DamagedFileError):  # the same bytes again, or the page says that it is another's
            made = write_credential(workshop, lease)
            break
    return {lease.stage: page_of(session, workshop, lease, vc=made["vc"], code=made["code"].decode())}


def sheet_from(session: Session, lease: Lease, code: str) -> Sheet:
    """Return what is drawn for an edition, in the rendering that `lease.stage` names, with the signed code."""
    payload = json.loads(lease.payload)
    return sheet_of(
        payload,
        payload_sha256=hashlib.sha256(lease.payload).hexdigest(),
        spec=spec_of(CertificateSpec, source_of(session, lease.design_revision_id)),
        words=words_of(session, lease.words_revision_id, payload["language"]),
        rendering=RENDERINGS[lease.stage],
        code=tokens.qr_text(payload, code),
        verify_page=f"{payload['issuer']['url'].partition('://')[2]}/verify",
    )


def page_of(session: Session, workshop: Workshop, lease: Lease, *, vc: bytes, code: str) -> bytes:
    """Return the page of the kind that `lease.stage` names, with the credential `vc` inside it, sealed."""
    payload, sheet = json.loads(lease.payload), sheet_from(session, lease, code)
    certificate, root = chain_of(workshop, lease.keys["page"])
    return seal_page(
        draw_certificate(sheet),
        sign=workshop.sign_with(lease.keys["page"]),
        certificate=certificate,
        root=root,
        attachment=vc,
        attachment_name=f"{payload['serial']}.json",
        issuer=payload["issuer"]["name"],
        at=datetime.fromisoformat(payload["frozen_at"]),
    )


def chain_of(workshop: Workshop, key_id: str) -> tuple[bytes, bytes]:
    """Return the certificate of a page key and the root that issued it."""
    certificate = workshop.keys[key_id].certificate
    if certificate is None:
        raise CheckFailedError(f"the page key {key_id} has no certificate", "no-trust")
    for key in workshop.keys.values():
        if key.purpose == "root" and key.certificate is not None and is_issued_by(certificate, key.certificate):
            return certificate, key.certificate
    raise CheckFailedError(f"no root is known for the page key {key_id}", "no-trust")


def check_made(session: Session, workshop: Workshop, lease: Lease, stored: dict[str, Stored]) -> None:
    """Read stored files again as a stranger would; raise `CheckFailedError` for one that is not what it should be."""
    content = {kind: workshop.get(each.sha256) for kind, each in stored.items()}
    if lease.stage == CREDENTIAL:
        check_credential(content, lease.payload, workshop.trust)
    else:
        vc = dict(queries.files_of(session, lease.edition_id))["vc"]
        check_sealed(content[lease.stage], vc, lease.payload, workshop.trust)


def check_credential(content: dict[str, bytes], payload: bytes, trust: Trust) -> None:
    """Raise `CheckFailedError` unless the three files for programs are genuine and say what the record says."""
    checking.check_same(checking.check_badge(content["vc"], trust), payload)
    checking.check_same(checking.check_jwt(content["jwt"].decode(), trust), payload)
    checking.check_told(checking.check_code(content["code"].decode(), trust), payload)


def check_sealed(page: bytes, vc_sha256: str, payload: bytes, trust: Trust) -> None:
    """Raise `CheckFailedError` unless a page is sealed by a trusted key, holds that credential and says the same."""
    facts = check_page(page, roots=trust.roots, compromised=trust.compromised_roots)
    trust.key(facts.key_id, "page")
    if hashlib.sha256(facts.attachment).hexdigest() != vc_sha256:
        raise CheckFailedError("the page holds the credential of another certificate")
    checking.check_drawn(facts, payload)
