"""Sample certificates of invented people, to look at: signed with keys that lie beside them, and worth nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from lms.certificates import service
from lms.certificates.jobs import publishing
from lms.certificates.jobs.keyring import KeyFolder, KeyProvider
from lms.certificates.jobs.making import Workshop, page_of, write_credential
from lms.certificates.jobs.workshops import trust_of
from lms.certificates.queries import Basis, Completion, Holder, PublicKey
from lms.certificates.rules import payloads, serials
from lms.certificates.rules.kinds import ALGORITHMS, FIRST_PAGE, SIGNING_PURPOSES
from lms.certificates.rules.payloads import Keys, Marks, Place
from lms.certificates.rules.places import LIST_SIZE
from lms.certificates.service import Lease, draft_one
from lms.clock import local_date
from lms.config import DEFAULT_PASSPHRASE, Config
from lms.content.library import Library, current
from lms.courses.specs import ModuleSpec
from lms.errors import RuleBroken
from lms.tracks.specs import TrackSpec

#: Since when the keys of samples count.
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
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


def write_samples(session: Session, config: Config, folder: Path, *, count: int, at: datetime) -> list[Path]:
    """Write page and credential of `count` samples into `folder`, with what verifies them; return their paths.

    Their keys are made there at the first time and used again: the same content and instant give the same bytes.
    Raises `RuleBroken` when no track leads to a certificate.
    """
    workshop, keys = _workshop(config, folder)
    _publish(workshop, keys, folder, at)
    paths = []
    for lease in _leases(session, keys, count, at):
        made = write_credential(workshop, lease)
        page = page_of(session, workshop, lease, vc=made["vc"], code=made["code"].decode())
        for kind, content in (("json", made["vc"]), ("jwt", made["jwt"]), ("pdf", page)):
            path = folder / f"{serials.show_serial(lease.serial)}.{kind}"
            path.write_bytes(content)
            paths.append(path)
    return paths


def _workshop(config: Config, folder: Path) -> tuple[Workshop, Keys]:
    """Return a workshop with keys of its own, in the folder, that everybody may know."""
    provider, index = KeyFolder(folder / "keys", DEFAULT_PASSPHRASE), folder / "trust.json"
    if index.is_file():
        known = [_read(entry) for entry in json.loads(index.read_bytes())["keys"]]
    else:
        known = _make(provider, config.base_url)
    workshop = Workshop(config, provider, {key.key_id: key for key in known}, trust_of(known))
    return workshop, Keys(known[0].issuer_url, {key.purpose: key.key_id for key in known if key.purpose != "root"})


def _publish(workshop: Workshop, keys: Keys, folder: Path, at: datetime) -> None:
    """Write the folder of trust of samples, with a list that says of none that it was revoked."""
    signers = publishing.Signers(workshop.provider, keys.issuer_url, keys.by_purpose["badge"], keys.by_purpose["jwt"])
    forms = [publishing.signed_list(signers, 1, (), at=at, as_token=form) for form in (False, True)]
    named = {"name": "Samples", "url": keys.issuer_url}
    publishing.write_folder(
        folder, list(workshop.keys.values()), {keys.issuer_url: {1: (forms[0], forms[1])}}, named, at=at
    )


def _make(provider: KeyProvider, url: str) -> list[PublicKey]:
    """Make a key of each kind."""
    made, root = [], None
    for purpose in ("root", *SIGNING_PURPOSES):
        key_id, public = provider.create(purpose)
        certificate = None
        if purpose in ("root", "page"):
            certificate = provider.certify(key_id, name="Samples (worth nothing)", url=url, at=BEGIN, root=root)
        root = (key_id, certificate) if purpose == "root" and certificate else root
        made.append(PublicKey(key_id, purpose, ALGORITHMS[purpose], public, certificate, url, BEGIN, None, None))
    return made


def _read(entry: dict[str, Any]) -> PublicKey:
    """Return a key as the folder's index tells it."""
    public, certificate = base64.b64decode(entry["public_key"]), entry["certificate"]
    return PublicKey(
        entry["id"],
        entry["purpose"],
        entry["algorithm"],
        public,
        base64.b64decode(certificate) if certificate else None,
        entry["issuer_url"],
        BEGIN,
        None,
        None,
    )


def _leases(session: Session, keys: Keys, count: int, at: datetime) -> Iterator[Lease]:
    """Yield what `count` samples are made from."""
    library, today = current(session), local_date(at)
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
        until = drafted.facts.valid_until
        marks = Marks(serial, 1, 1, at, at, service.end_of(until), keys, Place(1, bits % LIST_SIZE))
        frozen, design = payloads.freeze(drafted.facts, marks), drafted.design
        revisions = design.revision_id, design.words_revision_id
        yield Lease(0, FIRST_PAGE, "", serial, 1, frozen.payload, *revisions, keys.by_purpose)


def _minutes(library: Library, track: TrackSpec) -> tuple[dict[str, int], int]:
    """Return the minutes that the taught modules of a track credit to each competency, and their sum."""
    modules = [library.spec(ModuleSpec, "module", key) for key in track.modules if library.find("module", key)]
    found: dict[str, int] = {}
    for module in modules:
        for credit in module.credits:
            found[credit.competency] = found.get(credit.competency, 0) + credit.minutes
    return found, sum(module.minutes for module in modules)
