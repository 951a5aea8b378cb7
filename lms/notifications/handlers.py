"""What notifications does when a lower feature announces a fact: it writes letters, in the same transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.certificates.events import CertificateIssued, DecisionMade, certificate_issued, decision_made
from lms.notifications import service
from lms.people.events import CodeMade, LinkMade, RecoveryVouched, code_made, link_made, recovery_vouched
from lms.tracks.events import TrackAssigned, track_assigned


def on_link_made(made: LinkMade, *, session: Session) -> None:
    """Write the letter that brings a link."""
    service.write_link_letter(session, made)


def on_code_made(made: CodeMade, *, session: Session) -> None:
    """Write the letter that brings a one-time code."""
    service.write_code_letter(session, made)


def on_recovery_vouched(vouched: RecoveryVouched, *, session: Session) -> None:
    """Tell whoever reads a person's contacts so far that a way back was opened."""
    service.write_recovery_notices(session, vouched)


def on_certificate_issued(issued: CertificateIssued, *, session: Session) -> None:
    """Tell each worker that her certificate is ready."""
    service.write_certificate_letters(session, issued)


def on_decision_made(made: DecisionMade, *, session: Session) -> None:
    """Tell a worker that the certifier asks for more, or refused."""
    service.write_decision_letter(session, made)


def on_track_assigned(assigned: TrackAssigned, *, session: Session) -> None:
    """Tell each worker what her organization asks of her."""
    service.write_assignment_letters(session, assigned)


def connect() -> None:
    """Connect every handler of this feature to its signal."""
    link_made.connect(on_link_made)
    code_made.connect(on_code_made)
    recovery_vouched.connect(on_recovery_vouched)
    certificate_issued.connect(on_certificate_issued)
    decision_made.connect(on_decision_made)
    track_assigned.connect(on_track_assigned)
