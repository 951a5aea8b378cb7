"""Applications: opened by a completed track, decided by a certifier, answered by the worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.certificates import policy, queries
from lms.certificates.events import DecisionMade, decision_made
from lms.certificates.models import Application, Decision, Reply
from lms.certificates.rules import decisions as rules
from lms.certificates.rules.decisions import Choice
from lms.certificates.rules.names import check_shown
from lms.certificates.rules.naming import name_until
from lms.certificates.service.locking import lock_applications
from lms.certificates.service.naming import reserve_named
from lms.clock import local_date
from lms.content.library import source_of, spec_of
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.signals import announce
from lms.tracks.events import TrackDone
from lms.tracks.specs import TrackSpec


@dataclass(frozen=True)
class Decided:
    """Where an application stands after a decision; the award's public id when it was certified."""

    application_id: int
    state: str
    award_public_id: str | None = None


@dataclass(frozen=True)
class Batch:
    """What certifying many did: how many are newly certified, and how many were before."""

    certified: int
    already: int


def open_applications(session: Session, subjects: Iterable[TrackDone]) -> list[tuple[int, str]]:
    """Open an application for each completed track that leads to a certificate; return person and track of new ones.

    It leads to one when the revision under which it was completed says so, also after the track was retired.
    Called in the chain that completed the tracks, whose first statement locked these people.
    """
    rows = [
        {
            "public_id": new_public_id(),
            "person_id": subject.person_id,
            "track_key": subject.track_key,
            "cycle": subject.cycle,
            "state": "waiting",
            "opened_at": subject.completed_at,
            "name_until": name_until(local_date(subject.completed_at)),
        }
        for subject in subjects
        if spec_of(TrackSpec, source_of(session, subject.revision_id)).certificate is not None
    ]
    new = insert_once(session, Application, rows, "person_id", "track_key")
    return [(row.person_id, row.track_key) for row in new]


def decide(
    session: Session,
    actor: Actor,
    public_id: str,
    choice: Choice,
    *,
    seen: int = 0,
    shown: str | None = None,
    client_id: str,
    at: datetime,
) -> Decided:
    """Decide one application: certify, ask for more, or refuse. The same form twice counts once.

    While no certificate is reserved, asking or refusing takes back what was certified.
    `seen` is how many decisions and answers the actor had before her, `shown` the mark of the name (`name_mark`; None
    where she saw no page). Raises `NotFound` for an application that she may not see (her own too), and `RuleBroken`.
    """
    rules.check_choice(choice)
    found = lock_applications(session, Application.public_id == public_id)
    if not found or not policy.can_certify(actor, found[0].person_id):
        raise NotFound
    (application,) = found
    if _is_sent_before(session, application, choice, client_id):
        return _decided(session, application)
    history = queries.histories_of(session, [application.id])[application.id]
    naming = queries.namings_of(session, [application.id])[application.id]
    rules.check_seen(seen, history.said)
    check_shown(shown, naming.name)
    if not policy.can_decide(actor, history.has_appealed, history.refused_by):
        raise RuleBroken("another_certifier_decides")
    state = rules.state_after(application.state, choice, is_made=naming.is_made)
    decision_id = _write_decision(session, actor, application, choice, state, client_id=client_id, at=at)
    if state == "certified":
        reserve_named(session, [application], {application.id: decision_id}, today=actor.today, at=at)
    return _decided(session, application)


def certify_many(
    session: Session,
    actor: Actor,
    public_ids: Sequence[str],
    *,
    seen: Mapping[str, int] | None = None,
    shown: Mapping[str, str] | None = None,
    client_id: str,
    at: datetime,
) -> Batch:
    """Certify all of these applications or, when a rule refuses one of them, none.

    Those that are certified already stay as they are. `seen` is, by public id, how many decisions and answers the
    actor had before her (0 where it is not told), `shown` the mark of each name (None where she saw no page). Raises
    `NotFound` when the actor may not see one of them, and `RuleBroken` naming the first that cannot be certified.
    """
    if len(set(public_ids)) > rules.MOST_AT_ONCE:
        raise RuleBroken("too_many", most=rules.MOST_AT_ONCE)
    found = lock_applications(session, Application.public_id.in_(set(public_ids)))
    if len(found) != len(set(public_ids)) or not all(policy.can_certify(actor, each.person_id) for each in found):
        raise NotFound
    waiting = [each for each in found if each.state != "certified"]
    decided = {}
    ids = [each.id for each in waiting]
    histories, namings = queries.histories_of(session, ids), queries.namings_of(session, ids)
    for each in waiting:
        history = histories[each.id]
        if each.state != "waiting" or not policy.can_decide(actor, history.has_appealed, history.refused_by):
            raise RuleBroken("not_for_a_batch", name=namings[each.id].account_name)
        rules.check_seen((seen or {}).get(each.public_id, 0), history.said)
        check_shown(None if shown is None else shown.get(each.public_id, ""), namings[each.id].name)
        certify = Choice("certify")
        decided[each.id] = _write_decision(session, actor, each, certify, "certified", client_id=client_id, at=at)
    reserve_named(session, waiting, decided, today=actor.today, at=at)
    return Batch(len(waiting), len(found) - len(waiting))


def answer(
    session: Session, actor: Actor, public_id: str, text: str, *, is_appeal: bool, client_id: str, at: datetime
) -> str:
    """Write the worker's answer to a question, or her appeal, and return the application's state.

    Raises `NotFound` for an application that is not her own, and `RuleBroken`.
    """
    rules.check_text(text)
    own = (Application.public_id == public_id) & (Application.person_id == actor.person_id)
    found = lock_applications(session, own)
    if not found:
        raise NotFound
    (application,) = found
    replies = session.execute(
        select(Reply.client_id, Reply.is_appeal).where(Reply.application_id == application.id)
    ).all()
    if any(reply.client_id == client_id for reply in replies):
        return application.state
    appealed = any(reply.is_appeal for reply in replies)
    application.state = rules.state_after_reply(application.state, is_appeal=is_appeal, has_appealed=appealed)
    session.add(
        Reply(
            application_id=application.id,
            text=text.strip(),
            is_appeal=is_appeal,
            written_at=at,
            client_id=client_id,
        )
    )
    action = "certificates.appealed" if is_appeal else "certificates.answered"
    record(session, actor.account_id, action, "application", application.public_id, at=at)
    return application.state


def _is_sent_before(session: Session, application: Application, choice: Choice, client_id: str) -> bool:
    """Return whether this form has been counted; raise `RuleBroken` when it says something else now."""
    earlier = session.execute(
        select(Decision.outcome, Decision.reason_code).where(
            Decision.application_id == application.id, Decision.client_id == client_id
        )
    ).one_or_none()
    if earlier is not None and tuple(earlier) != (choice.outcome, choice.reason_code):
        raise RuleBroken("sent_before")
    return earlier is not None


def _write_decision(
    session: Session,
    actor: Actor,
    application: Application,
    choice: Choice,
    state: str,
    *,
    client_id: str,
    at: datetime,
) -> int:
    """Write, log and announce one decision; return its id."""
    decision = Decision(
        application_id=application.id,
        outcome=choice.outcome,
        reason_code=choice.reason_code,
        note=choice.note.strip(),
        decided_by=actor.account_id,
        decided_at=at,
        on_appeal=application.state == "appealed",
        client_id=client_id,
    )
    session.add(decision)
    application.state, application.certified_name = state, None
    session.flush()
    record(
        session,
        actor.account_id,
        "certificates.decided",
        "application",
        application.public_id,
        at=at,
        outcome=choice.outcome,
        reason=choice.reason_code,
    )
    fact = DecisionMade(
        application.id, application.person_id, application.track_key, choice.outcome, choice.reason_code, at
    )
    announce(decision_made, session, fact)
    return decision.id


def _decided(session: Session, application: Application) -> Decided:
    award = queries.find_award_of(session, (application.person_id, application.track_key, application.cycle))
    return Decided(application.id, application.state, award)
