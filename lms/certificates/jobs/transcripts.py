"""Sealing a transcript: drawn pages with the same facts for programs inside them, under the page key in force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lms.certificates.jobs.checking import CheckFailedError
from lms.certificates.jobs.drawing import Transcript, draw_transcript
from lms.certificates.jobs.keyring.provider import KeyUnusableError
from lms.certificates.jobs.making import Workshop, chain_of
from lms.certificates.jobs.sealing import seal_page
from lms.certificates.queries import PublicKey
from lms.certificates.rules.payloads import instant
from lms.certificates.specs import CertificateSpec
from lms.content.library import Library
from lms.web.fonts import MissingGlyphError

TYPE = "chw-transcript/1"
ATTACHMENT = "transcript.json"


class CannotSealError(Exception):
    """A transcript cannot be sealed now; the message is for engineers.

    `code` is "no_key" when no page key can sign, "name_letter" when a letter of the name cannot be drawn.
    """

    def __init__(self, code: str, message: str) -> None:
        """Say what is missing."""
        super().__init__(message)
        self.code = code


def issuer_of(library: Library, otherwise: str) -> str:
    """Return who issues, as the certificate designs name it; `otherwise` where no design is published."""
    keys = library.keys("certificate")
    return library.spec(CertificateSpec, "certificate", keys[0]).issuer if keys else otherwise


def find_sealer(workshop: Workshop, at: datetime) -> PublicKey:
    """Return the page key in force; raise `CannotSealError`."""
    known = (key for key in workshop.keys.values() if key.purpose == "page" and key.is_in_force)
    begun = (key for key in known if key.activated_at.replace(microsecond=0) <= at)
    keys = [key for key in begun if workshop.provider.holds(key.key_id)]
    if not keys:
        raise CannotSealError("no_key", "no page key is in force here: `lms keys create`")
    return max(keys, key=lambda key: key.activated_at)


def seal_transcript(workshop: Workshop, transcript: Transcript, facts: Mapping[str, Any]) -> bytes:
    """Return the transcript as sealed PDF, with `facts` as JSON inside it; the same arguments give the same bytes.

    It is sealed at `transcript.made_at` (whole seconds). Raises `CannotSealError`.
    """
    try:
        key = find_sealer(workshop, transcript.made_at)
        certificate, root = chain_of(workshop, key.key_id)
        return seal_page(
            draw_transcript(transcript),
            sign=workshop.sign_with(key.key_id),
            certificate=certificate,
            root=root,
            attachment=json.dumps(_stated(transcript, key.issuer_url, facts), ensure_ascii=False, indent=1).encode(),
            attachment_name=ATTACHMENT,
            issuer=transcript.issuer,
            at=transcript.made_at,
        )
    except MissingGlyphError as error:
        raise CannotSealError("name_letter", str(error)) from error
    except (KeyUnusableError, CheckFailedError) as error:
        raise CannotSealError("no_key", str(error)) from error


def _stated(transcript: Transcript, url: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a program reads: the head, and then the facts."""
    return {
        "type": TYPE,
        "issuer": {"name": transcript.issuer, "url": url},
        "name": transcript.name,
        "language": transcript.language,
        "made_at": instant(transcript.made_at),
        **facts,
    }
