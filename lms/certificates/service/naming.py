"""The worker's word on her name, and reserving the certificate once she has given it or fourteen days are over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.certificates import queries
from lms.certificates.models import Application, NameConfirmation
from lms.certificates.queries import Naming
from lms.certificates.rules import naming as rules
from lms.certificates.rules.names import check_name, is_respelled
from lms.certificates.service.awards import Case, Reserved, draft, reserve
from lms.certificates.service.locking import lock_applications
from lms.clock import local_date
from lms.errors import NotFound, RuleBroken
from lms.people.rules import BadName, normal_name


@dataclass(frozen=True)
class Confirmed:
    """What came of confirming a name: the application's state, and the certificate's public id once it is reserved."""

    state: str
    award_public_id: str | None = None


def gate_name(typed: str) -> str:
    """Return a name in NFC; raise `RuleBroken` when it cannot stand on a certificate, naming the letter."""
    try:
        name = normal_name(typed)
    except BadName as error:
        raise RuleBroken(error.code) from error
    check_name(name)
    return name


def confirm_name(
    session: Session, actor: Actor, application_public_id: str, typed: str, *, client_id: str, at: datetime
) -> Confirmed:
    """Keep that a worker saw `typed` drawn and said that it is right; reserve her certificate where it is certified.

    The same form twice counts once. Her word is kept even where the certificate cannot be reserved now: the nightly
    recompute, and a job, go on. Raises `NotFound` for another's application, and `RuleBroken`.
    """
    own = (Application.public_id == application_public_id) & (Application.person_id == actor.person_id)
    found = lock_applications(session, own)
    if not found:
        raise NotFound
    (application,) = found
    naming = queries.namings_of(session, [application.id])[application.id]
    if not _is_sent_before(session, application.id, client_id):
        name = gate_name(typed)
        same = is_respelled(name, application.certified_name or naming.account_name)
        application.state = rules.state_after_name(application.state, is_made=naming.is_made, has_same_letters=same)
        session.add(
            NameConfirmation(
                application_id=application.id,
                name=name,
                has_same_letters=same,
                confirmed_at=at,
                client_id=client_id,
            )
        )
        session.flush()
        record(session, actor.account_id, "certificates.name_confirmed", "application", application_public_id, at=at)
        _try_reserving(session, application, today=actor.today, at=at)
    key = (application.person_id, application.track_key, application.cycle)
    return Confirmed(application.state, queries.find_award_of(session, key))


def _is_sent_before(session: Session, application_id: int, client_id: str) -> bool:
    same = NameConfirmation.client_id == client_id
    statement = select(NameConfirmation.id).where(NameConfirmation.application_id == application_id, same)
    return session.scalar(statement) is not None


def _try_reserving(session: Session, application: Application, *, today: date, at: datetime) -> str:
    """Reserve the certificate of a certified application; return what forbids it, "" for nothing.

    Nothing of a failed try is left, while what was done before it stands.
    """
    if application.state != "certified":
        return ""
    try:
        with session.begin_nested():
            decided = queries.certified_by(session, [application.id])
            reserve_named(session, [application], decided, today=today, at=at)
    except RuleBroken as error:
        return error.code
    return ""


def reserve_named(
    session: Session, applications: Sequence[Application], decided: Mapping[int, int], *, today: date, at: datetime
) -> list[Reserved]:
    """Reserve the certificates of those whose name is confirmed, or has waited long enough; return the new ones.

    The rest wait, after the same checks: what forbids a certificate is told to the certifier at once. The people are
    locked. Raises `RuleBroken` as `awards.reserve` does; then nothing is reserved.
    """
    namings = queries.namings_of(session, [each.id for each in applications])
    ready = [each for each in applications if _is_named(namings[each.id], today)]
    rest = [each for each in applications if not _is_named(namings[each.id], today)]
    for each in rest:
        each.certified_name = namings[each.id].name
    if rest:
        draft(session, [_key(each) for each in rest], today=today)
    return reserve(session, [Case(_key(each), decided.get(each.id)) for each in ready], today=today, at=at)


def _key(application: Application) -> tuple[int, str, int]:
    return (application.person_id, application.track_key, application.cycle)


def _is_named(naming: Naming, today: date) -> bool:
    return rules.is_named(naming.name_until, today, is_confirmed=bool(naming.confirmed))


def reserve_overdue(session: Session, application_id: int, *, at: datetime) -> str:
    """Reserve the certificate of one certified application whose name does not wait any more.

    Where her account has a name with other letters by now than the certifier saw, it goes back to the certifier.
    Returns what forbids it, "" for nothing, also when another process was faster.
    """
    today = local_date(at)
    (application,) = lock_applications(session, Application.id == application_id)
    naming = queries.namings_of(session, [application_id])[application_id]
    if application.state != "certified" or naming.is_made or not _is_named(naming, today):
        return ""
    seen = application.certified_name
    if not naming.confirmed and seen is not None and not is_respelled(naming.name, seen):
        application.state = "waiting"
        record(session, None, "certificates.name_to_see", "application", application.public_id, at=at)
        return ""
    return _try_reserving(session, application, today=today, at=at)
