"""Writing, reviewing and approving words at the desk. Words are never changed: other words are another proposal."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.content.library import Library, current
from lms.content.po import Entry
from lms.content.translations import find_faults
from lms.db import take_turns
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.translating import policy, queries, rules
from lms.translating.models import Proposal, ProposalStep, StepWithdrawal
from lms.translating.queries import Place, Seen

#: Control characters, halves of letters, and breaks that are none: no file holds them.
_SIGNS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_PROPOSALS, _STEPS = (cast("Table", each.__table__) for each in (Proposal, ProposalStep))


@dataclass(frozen=True)
class Kept:
    """What became of words that were sent: they stand, or they are kept beside those of somebody who was faster."""

    public_id: str
    is_aside: bool = False


def propose(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    text: str,
    is_draft: bool,
    english: str,
    mark: str,
    client_id: str,
    at: datetime,
) -> Kept:
    """Keep words for a sentence; the same words by the same form again change nothing.

    `mark` and `english` are those of the page. Raise `NotFound` for who may not write in this language, and
    `RuleBroken`: "english_changed", "text_needed", "text_too_long", "signs", "alike", "unchanged", or "faulty" with
    `faults`. Words that stand already may be said again where the files have got others.
    """
    if not policy.can_write(actor, place.locale):
        raise NotFound("not her language")
    take_turn_at(session, place)
    text = _normal(text)
    once = once_for(client_id, actor, place, "draft" if is_draft else "saved", text)
    if (known := queries.find_proposal(session, once)) is not None:
        return Kept(*known)
    library = current(session)
    seen = queries.get_seen(session, library, place)
    _check_text(seen, text, english)
    _check_beside(session, library, seen, text)
    is_aside = mark != seen.mark
    if text == seen.standing.text and seen.standing.state != "stale" and not seen.standing.has_moved:
        if is_aside and seen.standing.version is not None:
            return Kept(seen.standing.version.public_id)  # both wrote the same
        raise RuleBroken("unchanged")
    public_id = new_public_id()
    steps = () if is_draft else ("in review",)
    _insert(session, seen, public_id, once, at, text=text, written_by=actor.account_id, is_aside=is_aside)
    _add_steps(session, public_id, steps, actor, at)
    record_act(session, actor, "translating.proposed", seen.place, public_id, at)
    return Kept(public_id, is_aside)


def take_step(
    session: Session,
    actor: Actor,
    place: Place,
    step: str,
    *,
    mark: str,
    client_id: str,
    at: datetime,
    text: str | None = None,
) -> str:
    """Send what stands at a sentence to be reviewed ("in review"), say "reviewed" or "approved"; return its public id.

    Words of the files are taken up as a proposal that nobody wrote. `text` is what her field held. Raise `NotFound` for
    who may not, "overtaken" when something else stands there now, "unsaved" when her field held other words, and what
    `rules.check_step` raises.
    """
    knows = policy.can_write(actor, place.locale)
    if not knows and not (step == "approved" and policy.can_approve(actor, place.locale)):
        raise NotFound("not her language")
    take_turn_at(session, place)
    once = once_for(client_id, actor, place, step, "")
    known, seen = queries.find_proposal(session, once), queries.get_seen(session, current(session), place)
    if known is not None and not any(back.step == step for each in seen.versions for back in each.withdrawals):
        return known[0]
    if mark != seen.step_mark:
        raise RuleBroken("overtaken")
    if text is not None and _normal(text) != _normal(seen.standing.text):
        raise RuleBroken("unsaved")
    if _has_taken(seen, step, actor):
        return seen.standing.version.public_id if seen.standing.version else ""
    signs = queries.signs_as(session, actor, [seen.standing.translator])
    rules.check_step(step, seen.standing, actor.person_id, is_critical=seen.is_critical, signs=signs)
    if not knows and seen.standing.state != "reviewed":
        raise RuleBroken("review_first")
    version = seen.standing.version or _carried(seen)
    public_id = version.public_id if version else new_public_id()
    if version is None:
        _insert(session, seen, public_id, once, at, text=seen.filed.text, written_by=None, is_aside=False)
        if seen.filed.state != "draft" and step != "in review":  # what it is again when her decision is withdrawn
            _add_steps(session, public_id, ("in review",), actor, at)
    _add_steps(session, public_id, (step,), actor, at)
    record_act(session, actor, f"translating.{step.replace(' ', '_')}", place, public_id, at)
    return public_id


def _carried(seen: Seen) -> rules.Version | None:
    """Return the version whose decision the files hold: the next step follows it, and may be taken back to it."""
    version, filed = seen.newest, seen.filed
    if version is None or (version.text, version.english, version.state) != (filed.text, seen.english, filed.state):
        return None
    return version


def _normal(text: str) -> str:
    """Return words as they are kept."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def once_for(client_id: str, actor: Actor, place: Place, what: str, text: str) -> str:
    """Return what is accepted once: a form of hers, for this sentence, with these words."""
    said = (client_id, str(actor.account_id), *vars(place).values(), what, text)
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:32]


def _has_taken(seen: Seen, step: str, actor: Actor) -> bool:
    """Return whether she took just this step already: two taps send once."""
    version = seen.standing.version
    if version is None or version.state != step:
        return False
    return {"reviewed": version.reviewed_by, "approved": version.approved_by}.get(step) == actor.account_id


def _add_steps(session: Session, public_id: str, steps: Sequence[str], actor: Actor, at: datetime) -> None:
    """Note that the actor took these steps with a proposal."""
    of = select(Proposal.id).where(Proposal.public_id == public_id).scalar_subquery()
    back = select(func.count()).select_from(StepWithdrawal)
    back = back.join(ProposalStep, ProposalStep.id == StepWithdrawal.step_id)
    withdrawn = back.where(ProposalStep.proposal_id == of).scalar_subquery()
    for step in steps:
        row = {"proposal_id": of, "step": step, "round": withdrawn, "taken_by": actor.account_id, "taken_at": at}
        session.execute(insert(_STEPS).values(row))


def take_turn_at(session: Session, place: Place) -> None:
    """Let all who write at one sentence pass one after another."""
    take_turns(session, f"wording {place.kind} {place.key} {place.address} {place.locale}")


def _check_text(seen: Seen, text: str, english: str) -> None:
    """Raise `RuleBroken` for words that the files could not hold."""
    if english != seen.english:
        raise RuleBroken("english_changed")
    if not text:
        raise RuleBroken("text_needed")
    if len(text) > rules.LONGEST_TEXT:
        raise RuleBroken("text_too_long", most=rules.LONGEST_TEXT)
    if any(unicodedata.category(each) in _SIGNS for each in text if each != "\n"):
        raise RuleBroken("signs")
    faults = tuple(find_faults(Entry(seen.place.address, seen.english, text), seen.place.locale))
    if faults:
        raise RuleBroken("faulty", faults=faults)


def _check_beside(session: Session, library: Library, seen: Seen, text: str) -> None:
    """Raise `RuleBroken("alike")` when another option of the same question reads so already."""
    place = seen.place
    choices = queries.choices_of(library.get(place.kind, place.key))
    if (choice := choices.get(place.address)) is None:
        return
    newest = queries.list_open(session, library, [place.locale], place.kind, place.key)
    for each in queries.list_sentences(library, (place.kind, place.key, place.locale), newest, {}):
        is_other = each.address != place.address and choices.get(each.address) == choice
        if is_other and rules.reads_as(each.text) == rules.reads_as(text):
            raise RuleBroken("alike")


def _insert(session: Session, seen: Seen, public_id: str, client_id: str, at: datetime, **said: Any) -> None:
    """Write a proposal for the sentence as it was seen."""
    known = {"english": seen.english, "upon": seen.filed.text, "written_at": at}
    named = {"public_id": public_id, "client_id": client_id}
    session.execute(insert(_PROPOSALS).values(**named, **vars(seen.place), **known, **said))


def record_act(
    session: Session, actor: Actor, action: str, place: Place, public_id: str, at: datetime, *, step: str = ""
) -> None:
    """Note in the audit trail what somebody did with a proposal, or with a step of one."""
    more: dict[str, Any] = {"step": step} if step else {}
    record(
        session,
        actor.account_id,
        action,
        "proposal",
        public_id,
        at=at,
        content=f"{place.kind}/{place.key}",
        language=place.locale,
        address=place.address,
        **more,
    )
