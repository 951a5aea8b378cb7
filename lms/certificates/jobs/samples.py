"""Sample certificates of invented people, to look at: signed with a key that everybody knows, and worth nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from lms.certificates.jobs.drawing import draw_certificate
from lms.certificates.jobs.making import sheet_of, sign_payload
from lms.certificates.queries import Basis, Completion, Holder
from lms.certificates.rules import payloads, serials
from lms.certificates.service import Lease, draft_one
from lms.config import Config
from lms.content.library import Library, current
from lms.courses.specs import ModuleSpec
from lms.errors import RuleBroken
from lms.tracks.specs import TrackSpec

KEY_ID = "sample"
NAMES = (
    ("Mele Fīfita", "en"),
    ("María de los Ángeles Guadalupe Hernández Rodríguez de la Cruz y Villaseñor", "es"),
    ("ʻAnaseini Fakafānuamālōlōtuʻu Tupou", "to"),
    ("Faʻafetai Leota-Sāmoa", "sm"),
    ("José Ñáñez Íñiguez", "es"),
    ("Latū ʻO Fakaʻosiʻanga", "to"),
    ("Nguyễn Thị Ánh Tuyết", "en"),
    ("Tuʻuʻuleleituitasi Mālietoa", "sm"),
)


def write_samples(session: Session, config: Config, folder: Path, *, count: int, today: date) -> list[Path]:
    """Write the PDF and JSON of `count` samples into `folder`, with the public key; return their paths.

    The same content and day give the same bytes. Raises `RuleBroken` when no track leads to a certificate.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"sample certificates").digest())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (folder / f"{KEY_ID}.pub.pem").write_bytes(public)
    paths = []
    for lease in _leases(session, count, today):
        name = serials.show_serial(lease.serial)
        contents = {
            "json": sign_payload(lease.payload, KEY_ID, key),
            "pdf": draw_certificate(sheet_of(session, config, lease)),
        }
        for kind, content in contents.items():
            path = folder / f"{name}.{kind}"
            path.write_bytes(content)
            paths.append(path)
    return paths


def _leases(session: Session, count: int, today: date) -> Iterator[Lease]:
    """Yield what `count` samples are made from."""
    library = current(session)
    tracks = [track for key in library.keys("track") if (track := library.spec(TrackSpec, "track", key)).certificate]
    if not tracks:
        raise RuleBroken("no_certificate")
    for number in range(count):
        name, language = NAMES[number % len(NAMES)]
        track = tracks[number % len(tracks)]
        basis = Basis(*_minutes(library, track), languages=language, is_proven=True)
        completion = Completion((0, track.key, 1), today, library.get("track", track.key).revision_id, language, ())
        holder = Holder(0, "", name, language, is_demonstration=True)
        drafted = draft_one(session, library, completion, holder, basis, today=today)
        bits = int.from_bytes(hashlib.sha256(f"sample {number}".encode()).digest()[:8]) >> 4
        serial = serials.serial_from(bits)
        frozen = payloads.freeze(drafted.facts, serial=serial, edition=1, key_id=KEY_ID)
        design = drafted.design
        yield Lease(0, "", serial, 1, frozen.payload, KEY_ID, design.revision_id, design.words_revision_id)


def _minutes(library: Library, track: TrackSpec) -> tuple[dict[str, int], int]:
    """Return the minutes that the taught modules of a track credit to each competency, and their sum."""
    modules = [library.spec(ModuleSpec, "module", key) for key in track.modules if library.find("module", key)]
    found: dict[str, int] = {}
    for module in modules:
        for credit in module.credits:
            found[credit.competency] = found.get(credit.competency, 0) + credit.minutes
    return found, sum(module.minutes for module in modules)
