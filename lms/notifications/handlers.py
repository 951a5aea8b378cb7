"""What notifications does when a lower feature announces a fact: it writes letters, in the same transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.assessments.events import (
    ResultsCorrected,
    ResultsReady,
    TriesGiven,
    results_corrected,
    results_ready,
    tries_given,
)
from lms.certificates.events import (
    CertificateIssued,
    DecisionMade,
    StatusChanged,
    certificate_issued,
    decision_made,
    status_changed,
)
from lms.content.library import current
from lms.fieldwork.events import (
    HoursReturned,
    ObservationSigned,
    PlaceGiven,
    SessionCancelled,
    SessionChanged,
    SignedUpFor,
    TakenOff,
    hours_returned,
    observation_signed,
    place_given,
    session_cancelled,
    session_changed,
    signed_up_for,
    taken_off,
)
from lms.notifications import service
from lms.people.events import CodeMade, LinkMade, RecoveryVouched, code_made, link_made, recovery_vouched
from lms.tracks.events import (
    ContentChanged,
    CycleOpened,
    TrackAssigned,
    TrackCompleted,
    WaiverChanged,
    content_changed,
    cycle_opened,
    track_assigned,
    track_completed,
    waiver_changed,
)
from lms.training.events import TrainingJudged, TrainingShared, training_judged, training_shared


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


def on_status_changed(changed: StatusChanged, *, session: Session) -> None:
    """Tell a worker that her certificate was suspended, counts again, or was revoked."""
    service.write_status_letter(session, changed)


def on_decision_made(made: DecisionMade, *, session: Session) -> None:
    """Tell a worker that the certifier asks for more, or refused."""
    service.write_decision_letter(session, made)


def on_track_assigned(assigned: TrackAssigned, *, session: Session) -> None:
    """Tell each worker what her organization asks of her."""
    service.write_assignment_letters(session, assigned)


def on_track_completed(fact: TrackCompleted, *, session: Session) -> None:
    """Ask each worker, at the end of a track, what she thinks of it."""
    service.ask_at_the_end(session, current(session), fact.subjects)


def on_content_changed(changed: ContentChanged, *, session: Session) -> None:
    """Tell each worker what a new version asks of her, or that she has finished by it."""
    service.write_change_letters(session, changed)


def on_waiver_changed(changed: WaiverChanged, *, session: Session) -> None:
    """Tell a worker that she is spared a part of a track, or is not any more."""
    service.write_waiver_letter(session, changed)


def on_cycle_opened(opened: CycleOpened, *, session: Session) -> None:
    """Tell a worker that she may begin to renew a track."""
    service.write_cycle_letter(session, opened)


def on_hours_returned(returned: HoursReturned, *, session: Session) -> None:
    """Tell workers that hours of theirs came back."""
    service.write_hours_letters(session, returned)


def on_observation_signed(signed: ObservationSigned, *, session: Session) -> None:
    """Tell a worker what was seen of her work."""
    service.write_sign_off_letter(session, signed)


def on_place_given(given: PlaceGiven, *, session: Session) -> None:
    """Tell those who waited that they have a place."""
    service.write_session_letters(session, "place", given)


def on_signed_up_for(signed: SignedUpFor, *, session: Session) -> None:
    """Tell those whom somebody else signed up for a session."""
    service.write_session_letters(session, "signed_up", signed)


def on_taken_off(taken: TakenOff, *, session: Session) -> None:
    """Tell those whom somebody else took off the list of a session."""
    service.write_session_letters(session, "taken_off", taken)


def on_session_changed(changed: SessionChanged, *, session: Session) -> None:
    """Tell those who come that a session is at another time or place, or in another language."""
    service.write_session_letters(session, "session_changed", changed)


def on_session_cancelled(cancelled: SessionCancelled, *, session: Session) -> None:
    """Tell those who wanted to come that a session is not held."""
    service.write_session_letters(session, "session_cancelled", cancelled)


def on_training_judged(judged: TrainingJudged, *, session: Session) -> None:
    """Tell a worker what was decided about her earlier training."""
    service.write_training_letter(session, judged)


def on_training_shared(shared: TrainingShared, *, session: Session) -> None:
    """Tell those who answer for the supervising provider that earlier training waits for their yes."""
    service.write_shared_letters(session, shared)


def on_results_ready(ready: ResultsReady, *, session: Session) -> None:
    """Tell each worker that an assessor has scored what waited."""
    service.write_result_letters(session, ready)


def on_results_corrected(corrected: ResultsCorrected, *, session: Session) -> None:
    """Tell each worker whose result is another one since a question was corrected."""
    service.write_correction_letters(session, corrected)


def on_tries_given(given: TriesGiven, *, session: Session) -> None:
    """Tell each worker who may try a quiz again."""
    service.write_try_letters(session, given)


def connect() -> None:
    """Connect every handler of this feature to its signal."""
    link_made.connect(on_link_made)
    code_made.connect(on_code_made)
    recovery_vouched.connect(on_recovery_vouched)
    certificate_issued.connect(on_certificate_issued)
    status_changed.connect(on_status_changed)
    decision_made.connect(on_decision_made)
    track_assigned.connect(on_track_assigned)
    track_completed.connect(on_track_completed)
    content_changed.connect(on_content_changed)
    waiver_changed.connect(on_waiver_changed)
    cycle_opened.connect(on_cycle_opened)
    hours_returned.connect(on_hours_returned)
    observation_signed.connect(on_observation_signed)
    place_given.connect(on_place_given)
    signed_up_for.connect(on_signed_up_for)
    taken_off.connect(on_taken_off)
    session_changed.connect(on_session_changed)
    session_cancelled.connect(on_session_cancelled)
    training_judged.connect(on_training_judged)
    training_shared.connect(on_training_shared)
    results_ready.connect(on_results_ready)
    results_corrected.connect(on_results_corrected)
    tries_given.connect(on_tries_given)
