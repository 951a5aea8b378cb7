"""The loop: a finding, the change that is made for it, and the version that answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.surveys.models import ChangeNote, SurveyFinding
from lms.surveys.policy import READERS
from lms.surveys.queries.results.figures import counts_of
from lms.surveys.queries.results.loop import FindingRow, get_finding, list_versions
from lms.surveys.rules.loop import Told, answering, check_told
from lms.surveys.rules.results import Slice, add_up, narrow

WORDS_LIMIT = 1000
_SUBJECTS = "module", "track", "certificate"


def note_finding(
    session: Session,
    actor: Actor,
    survey_key: str,
    subject_key: str,
    question_id: str,
    through: Slice,
    words: str,
    *,
    client_id: str,
    at: datetime,
) -> str:
    """Keep what a reader found with the figures that stand there now, once, and return its public id.

    Raise `NotFound` where nothing is shown of the question through that filter, or of several subjects together;
    `RuleBroken("no_words")` and `RuleBroken("too_many_letters")`.
    """
    _require(actor)
    figures = add_up(narrow(counts_of(session, survey_key, subject_key), through)).get(question_id)
    if figures is None or subject_key.partition(":")[0] not in _SUBJECTS:
        raise NotFound
    seen = {"kind": figures.kind, "answered": figures.answered, "counts": dict(figures.counts), "total": figures.total}
    row = {
        "public_id": new_public_id(),
        "client_id": client_id,
        "survey_key": survey_key,
        "subject_key": subject_key,
        "question_id": question_id,
        "language": through.language,
        "version_id": through.version,
        "figures": seen,
        "words": _checked(words),
        "found_by": actor.account_id,
        "found_at": at,
    }
    new = insert_once(session, SurveyFinding, [row], "public_id")
    if not new:
        kept = select(SurveyFinding.public_id).where(SurveyFinding.client_id == client_id)
        return str(session.scalar(kept))
    record(session, actor.account_id, "survey_finding_noted", "survey_finding", row["public_id"], at=at)
    return str(row["public_id"])


def note_change(
    session: Session, actor: Actor, public_id: str, *, what: str, why: str, by_whom: str, at: datetime
) -> None:
    """Turn a finding into a change note: what is to be changed, why and by whom. A second time changes nothing."""
    _require(actor)
    finding = get_finding(session, public_id)
    row = {
        "finding_id": finding.id,
        "what": _checked(what),
        "why": _checked(why),
        "by_whom": _checked(by_whom, 200),
        "made_by": actor.account_id,
        "made_at": at,
        "told": {},
    }
    if insert_once(session, ChangeNote, [row]):
        record(session, actor.account_id, "survey_change_noted", "survey_finding", public_id, at=at)


def answer_note(
    session: Session, actor: Actor, public_id: str, number: int, told: Mapping[str, Told], *, at: datetime
) -> None:
    """Say which publication answers an open note, and what workers read of it.

    Raise `NotFound`; `RuleBroken("settled")` for one that is answered or declined, `RuleBroken("no_such_version")` for
    a publication that did not change the text of the subject since it was found, and as `check_told` does.
    """
    finding = _open(session, actor, public_id)
    versions = answering(list_versions(session, finding.subject_key), finding.found_at)
    version = next((each for each in versions if each.number == number), None)
    if version is None:
        raise RuleBroken("no_such_version")
    _change(
        session,
        finding,
        state="answered",
        publication_id=version.publication_id,
        version_id=version.revision_id,
        told=check_told(told),
        settled_by=actor.account_id,
        settled_at=at,
    )
    record(session, actor.account_id, "survey_change_answered", "survey_finding", public_id, at=at, publication=number)


def decline_note(session: Session, actor: Actor, public_id: str, reason: str, *, at: datetime) -> None:
    """Say why an open note is not done. Raise as `answer_note`, and `RuleBroken("no_words")` without a reason."""
    finding = _open(session, actor, public_id)
    reason = _checked(reason)
    _change(session, finding, state="declined", reason=reason, settled_by=actor.account_id, settled_at=at)
    record(session, actor.account_id, "survey_change_declined", "survey_finding", public_id, at=at)


def tell_workers(session: Session, actor: Actor, public_id: str, told: Mapping[str, Told], *, at: datetime) -> None:
    """Write anew what workers read of an answered note, such as in a further language."""
    _require(actor)
    finding = get_finding(session, public_id)
    if finding.state != "answered":
        raise NotFound
    _change(session, finding, told=check_told(told))
    record(session, actor.account_id, "survey_change_told", "survey_finding", public_id, at=at, languages=sorted(told))


def _require(actor: Actor) -> None:
    if not actor.has(*READERS):
        raise NotFound


def _open(session: Session, actor: Actor, public_id: str) -> FindingRow:
    """Return a finding whose note is open, held against others; raise `NotFound` or `RuleBroken("settled")`."""
    _require(actor)
    finding = get_finding(session, public_id)
    held = select(ChangeNote.state).where(ChangeNote.finding_id == finding.id).with_for_update()
    state = session.scalar(held)
    if state is None:
        raise NotFound
    if state != "open":
        raise RuleBroken("settled")
    return finding


def _change(session: Session, finding: FindingRow, **values: object) -> None:
    session.execute(update(ChangeNote).where(ChangeNote.finding_id == finding.id).values(values))


def _checked(words: str, limit: int = WORDS_LIMIT) -> str:
    words = words.strip()
    if not words:
        raise RuleBroken("no_words")
    if len(words) > limit:
        raise RuleBroken("too_many_letters")
    return words
