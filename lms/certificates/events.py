"""Facts that certificates announces: a decision was made, a certificate was released, or something became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blinker import Signal


@dataclass(frozen=True)
class DecisionMade:
    """A certifier decided. `outcome` is "certify", "ask" or "refuse"; the reason is None when she certified."""

    application_id: int
    person_id: int
    track_key: str
    outcome: str
    reason_code: str | None
    at: datetime


@dataclass(frozen=True)
class Issued:
    """One edition of one certificate was signed, drawn, checked and released."""

    award_id: int
    person_id: int
    track_key: str
    serial: str
    edition_number: int


@dataclass(frozen=True)
class CertificateIssued:
    """Certificates were released. Announced once for each edition."""

    subjects: tuple[Issued, ...]
    at: datetime


@dataclass(frozen=True)
class StatusChanged:
    """A certificate was suspended, or lifted, or revoked: `kind` says which. The reason is None when it was lifted."""

    award_id: int
    person_id: int
    kind: str
    reason_code: str | None
    at: datetime


decision_made = Signal("decision-made")
certificate_issued = Signal("certificate-issued")
status_changed = Signal("status-changed")
