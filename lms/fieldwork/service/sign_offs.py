"""Changes of sign-offs: noted as a draft, signed once and for all, withdrawn with a reason, answered by the worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import Source, current, spec_of
from lms.db import insert_once, upsert
from lms.errors import NotFound, RuleBroken
from lms.fieldwork.events import FieldworkCredited, ObservationSigned, fieldwork_credited, observation_signed
from lms.fieldwork.models import Observation, ObservationDraft, ObservationEvent
from lms.fieldwork.policy import sign_offs as policy
from lms.fieldwork.queries import sign_offs as queries
from lms.fieldwork.queries.observing import has_taught, is_one_of
from lms.fieldwork.queries.sign_offs import ObservationRow
from lms.fieldwork.rules import sign_offs as rules
from lms.fieldwork.rules.hours import check_words, has_client_data
from lms.fieldwork.rules.sign_offs import Ties
from lms.fieldwork.specs import ChecklistSpec
from lms.organizations.queries import spans_of, ties_of
from lms.organizations.queries.supervising import stands_in_at
from lms.people.queries.identity import holds_since
from lms.people.service import lock
from lms.signals import announce


@dataclass(frozen=True)
class Observed:
    """What an observer signs: when, where and how she watched, and the level of each item by its id."""

    observed_on: date
    place: str
    language: str
    with_interpreter: bool
    levels: Mapping[str, str]
    comment: str = ""


@dataclass(frozen=True)
class ObserveForm:
    """Where a form comes from: its key, the revision of the checklist and the version of the draft on its page."""

    checklist_key: str
    revision_id: int
    seen: int
    client_id: str = ""


def save_draft(
    session: Session, actor: Actor, person_id: int, form: ObserveForm, noted: Mapping[str, Any], *, at: datetime
) -> int:
    """Keep what the actor has noted of a person so far, and return the draft's new version.

    Raises `NotFound` unless she may observe her today, or without such a checklist; `RuleBroken("changed-meanwhile")`
    when another window has saved something else since.
    """
    lock(session, [person_id, actor.person_id])
    if person_id == actor.person_id or not _entitled(session, actor, person_id, local_date(at))[0]:
        raise NotFound
    current(session).get("checklist", form.checklist_key)
    version = _seen_version(session, actor, person_id, form) + 1
    row = {
        "observed_by": actor.account_id,
        "person_id": person_id,
        "checklist_key": form.checklist_key,
        "noted": dict(noted),
        "version": version,
        "saved_at": at,
    }
    key, change = ("observed_by", "person_id", "checklist_key"), ("noted", "version", "saved_at")
    upsert(session, ObservationDraft, row, key=key, change=change)
    return version


def sign_observation(
    session: Session, actor: Actor, person_id: int, form: ObserveForm, observed: Observed, *, at: datetime
) -> str:
    """Sign what the actor watched, and return the observation's public id. The same `client_id` signs once.

    Raises `NotFound` unless she was entitled on that day; `RuleBroken` ("sent-before", "changed-meanwhile",
    "checklist-changed", and the codes of `rules.check_observed`, `rules.check_levels` and of the words).
    """
    lock(session, [person_id, actor.person_id])
    observed = _tidy(observed)
    if (known := _find_signed(session, actor, person_id, form, observed)) is not None:
        return known
    rules.check_observed(observed.observed_on, local_date(at))
    is_entitled, organization_id = _entitled(session, actor, person_id, observed.observed_on)
    if not is_entitled:
        raise NotFound
    _seen_version(session, actor, person_id, form)
    source = current(session).get("checklist", form.checklist_key)
    if source.revision_id != form.revision_id:
        raise RuleBroken("checklist-changed")
    _check_words(observed)
    made = _write(session, actor, person_id, organization_id, form, source, observed, at)
    session.execute(delete(ObservationDraft).where(*_draft_of(actor, person_id, form.checklist_key)))
    _tell(session, actor, made, at)
    return made.public_id


def withdraw_observation(session: Session, actor: Actor, public_id: str, words: str, *, at: datetime) -> None:
    """Withdraw an observation with a reason: it stays to be read, and does not count any more. Twice changes nothing.

    Raises `NotFound` when the actor may not; `RuleBroken` with the codes of `check_words`.
    """
    row = queries.get_observation(session, policy.visible_observations(actor), public_id)
    lock(session, [row.person_id, actor.person_id])
    row = queries.get_observation(session, policy.visible_observations(actor), public_id)
    if not policy.can_withdraw(actor, row.person_id) or not _still_sees(session, actor, row, at):
        raise NotFound
    if row.withdrawn_at is None:
        _add_event(session, actor, row, "withdrawn", check_words(words), at)


def answer_observation(session: Session, actor: Actor, public_id: str, words: str, *, at: datetime) -> None:
    """Write what the actor says to an observation of herself: one text, beside it for good.

    Raises `NotFound` when it is not of her; `RuleBroken` with the codes of `check_words`, and "answered-before".
    """
    lock(session, [actor.person_id])
    row = queries.get_observation(session, queries.is_of(actor.person_id), public_id)
    words = check_words(words, rules.LONGEST_ANSWER)
    if row.answer is None:
        _add_event(session, actor, row, "answered", words, at)
    elif row.answer != words:
        raise RuleBroken("answered-before")


def _entitled(session: Session, actor: Actor, person_id: int, day: date) -> tuple[bool, int | None]:
    """Return whether the actor may sign what she watched on a day, and for which organization.

    None for a certifier or a trainer.
    """
    spans = spans_of(session, [person_id]).get(person_id, ())
    today = ties_of(session, actor.person_id, actor.today).supervises
    then = ties_of(session, actor.person_id, day).supervises
    by_proxy = stands_in_at(session, actor.person_id, person_id, actor.today)  # she has chosen the actor herself
    place = policy.observes_for(actor, person_id, spans, (set(today) & set(then)) - by_proxy, day)
    if place is not None or person_id == actor.person_id:
        return place is not None, place
    return actor.has("certifier") or _is_trainer_of(session, actor, person_id, day), None


def _is_trainer_of(session: Session, actor: Actor, person_id: int, day: date) -> bool:
    """Return whether the actor is a trainer, as the rows stand, was one on a day, and the person comes to class."""
    since = holds_since(session, actor.account_id, "trainer")
    if since is None or local_date(since) > day:
        return False
    return is_one_of(session, policy.in_class_of(actor), person_id)


def _still_sees(session: Session, actor: Actor, row: ObservationRow, at: datetime) -> bool:
    """Return whether the actor, as the rows stand, is a certifier, answers there, or signed as a trainer."""
    supervised = ties_of(session, actor.person_id, local_date(at)).supervises
    if actor.has("certifier") or row.organization_id in supervised:
        return True
    return row.observed_by == actor.account_id and holds_since(session, actor.account_id, "trainer") is not None


def _tidy(observed: Observed) -> Observed:
    place, comment = " ".join(observed.place.split()), observed.comment.strip()
    return replace(observed, place=place, comment=comment, levels=dict(observed.levels))


def _check_words(observed: Observed) -> None:
    if not observed.place:
        raise RuleBroken("site-empty")
    if len(observed.place) > rules.LONGEST_PLACE or len(observed.comment) > rules.LONGEST_COMMENT:
        raise RuleBroken("words-long")
    if has_client_data(observed.place):
        raise RuleBroken("client-data-site")
    if has_client_data(observed.comment):
        raise RuleBroken("client-data-comment")


def _find_signed(session: Session, actor: Actor, person_id: int, form: ObserveForm, observed: Observed) -> str | None:
    """Return what the same form has signed; None when it was not sent yet. Raises `RuleBroken("sent-before")`."""
    mine = (Observation.observed_by == actor.account_id, Observation.client_id == form.client_id)
    made = session.execute(select(Observation).where(*mine)).scalar_one_or_none()
    if made is None:
        return None
    same = (made.person_id, made.checklist_key) == (person_id, form.checklist_key)
    if not same or any(getattr(made, name) != value for name, value in asdict(observed).items()):
        raise RuleBroken("sent-before")
    return made.public_id


def _draft_of(actor: Actor, person_id: int, checklist_key: str) -> tuple[Any, ...]:
    draft = ObservationDraft
    return draft.observed_by == actor.account_id, draft.person_id == person_id, draft.checklist_key == checklist_key


def _seen_version(session: Session, actor: Actor, person_id: int, form: ObserveForm) -> int:
    """Return the draft's version; raise `RuleBroken("changed-meanwhile")` when it is not the one on the page."""
    version = queries.find_draft(session, actor.account_id, person_id, form.checklist_key).version
    if version != form.seen:
        raise RuleBroken("changed-meanwhile")
    return version


def _write(
    session: Session,
    actor: Actor,
    person_id: int,
    organization_id: int | None,
    form: ObserveForm,
    source: Source,
    observed: Observed,
    at: datetime,
) -> Observation:
    """Write an observation, judged by the checklist's own rule."""
    checklist: ChecklistSpec = spec_of(ChecklistSpec, source)
    rules.check_levels(checklist.asked, observed.levels, [level.id for level in checklist.levels])
    outcome = rules.outcome_of(checklist.asked, observed.levels, checklist.highest, checklist.at_least)
    made = Observation(
        **asdict(observed),
        person_id=person_id,
        organization_id=organization_id,
        checklist_key=form.checklist_key,
        revision_id=source.revision_id,
        observed_by=actor.account_id,
        passed=outcome.passed,
        valid_until=rules.valid_until(observed.observed_on, checklist.valid_months) if outcome.passed else None,
        is_independent=is_independent(session, actor.person_id, person_id, observed.observed_on),
        signed_at=at,
        client_id=form.client_id,
    )
    session.add(made)
    session.flush()
    return made


def is_independent(session: Session, observer_id: int, observed_id: int, day: date) -> bool:
    """Return whether an observer is independent of whom she watches on a day: no ties at work, and has not taught her.

    Five queries.
    """
    observer, observed = ties_of(session, observer_id, day), ties_of(session, observed_id, day)
    return rules.is_independent(
        Ties.on(day, observer.employments, observer.supervises),
        Ties.on(day, observed.employments, observed.supervises),
        has_taught=has_taught(session, observer_id, observed_id, day),
    )


def _tell(session: Session, actor: Actor, made: Observation, at: datetime) -> None:
    """Log a signed observation, and announce it."""
    record(
        session,
        actor.account_id,
        "fieldwork.observation_signed",
        "observation",
        made.public_id,
        at=at,
        organization_id=made.organization_id,
        person=made.person_id,
        checklist=made.checklist_key,
        passed=made.passed,
    )
    signed = ObservationSigned(made.id, made.public_id, made.person_id, made.checklist_key, made.passed, at)
    announce(observation_signed, session, signed)
    if made.passed:
        announce(fieldwork_credited, session, FieldworkCredited((made.person_id,), at))


def _add_event(session: Session, actor: Actor, row: ObservationRow, kind: str, words: str, at: datetime) -> None:
    """Add what became of an observation, once, and log it."""
    event = {"observation_id": row.id, "kind": kind, "at": at, "by": actor.account_id, "words": words}
    insert_once(session, ObservationEvent, [event])
    record(
        session,
        actor.account_id,
        f"fieldwork.observation_{kind}",
        "observation",
        row.public_id,
        at=at,
        organization_id=row.organization_id,
        person=row.person_id,
    )
