"""Who reads figures of quizzes, keeps what is fair for a person, assesses, enters results and corrects questions.

Beside each check stands the same as a row filter.

An attempt that waits is handed in "for a trainer to look at": every trainer and certifier sees it, of whatever
organization, but her own and those of people for whose work she answers. It is gone from their sight once it is
graded. By name they find those people alone who come to class (`in_class`, which the roof names: fieldwork knows), and
certifiers everybody. A supervisor finds her present staff; what she enters for them waits for a second person, also
where she is a trainer besides.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true

from lms.actor import Actor, Span
from lms.assessments.models import Attempt, EntryObjection, PaperForm, ResultEntry, Scoring
from lms.assessments.rules import place_of
from lms.assessments.rules.languages import ENGLISH
from lms.organizations.queries import PEOPLE, select_staff

#: Who also sees what was chosen and which option is right.
KEY_READERS = ("certifier", "analyst", "trainer", "administrator")
READERS = (*KEY_READERS, "translator")
#: Not supervisors: an employer need not know what helps a worker to read.
KEEPERS = ("trainer", "certifier")
ASSESSORS = ("trainer", "certifier")
ENTERING = ("supervisor", *ASSESSORS)
#: So many have looked when two assessors differ, and a certifier decides.
_DIFFER = 2
#: Not in a record that was joined to another: what waits there goes on only when the two are taken apart again.
_STANDING = select(PEOPLE.c.id).where(PEOPLE.c.merged_into_id.is_(None))


def sees_keys(actor: Actor) -> bool:
    """Return whether the actor sees options, with the right ones: not who is a translator alone."""
    return actor.has(*KEY_READERS)


def sees_language(actor: Actor, locale: str) -> bool:
    """Return whether the actor sees the figures of a language: a translator sees her own, beside English."""
    return sees_keys(actor) or locale == ENGLISH or locale in actor.translates


def can_keep(actor: Actor, person_id: int) -> bool:
    """Return whether the actor may keep a person's accommodations and give her attempts: staff, never herself."""
    return actor.has(*KEEPERS) and person_id != actor.person_id


def can_assess(actor: Actor, person_id: int, spans: Iterable[Span], looked: Iterable[int]) -> bool:
    """Return whether the actor may score a waiting attempt of a person with these spells.

    `looked` are the accounts that have scored it before.
    """
    looked = tuple(looked)
    if person_id == actor.person_id or place_of(actor, spans) is not None or actor.account_id in looked:
        return False
    return actor.has("certifier") or (actor.has("trainer") and len(looked) < _DIFFER)


def assessable(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the attempts that `can_assess` lets the actor score."""
    if not actor.has(*ASSESSORS):
        return false()
    looked = select(func.count()).where(Scoring.attempt_id == Attempt.id).correlate(Attempt).scalar_subquery()
    mine = exists().where(Scoring.attempt_id == Attempt.id, Scoring.scored_by == actor.account_id)
    return and_(
        Attempt.submitted_at.is_not(None),
        Attempt.passed.is_(None),
        Attempt.person_id != actor.person_id,
        Attempt.person_id.in_(_STANDING),
        Attempt.person_id.not_in(select_staff(actor.supervises, actor.today)),
        ~mine,
        true() if actor.has("certifier") else looked < _DIFFER,
    )


def can_enter_for(actor: Actor, person_id: int, spans: Iterable[Span], *, in_class: bool) -> bool:
    """Return whether the actor may enter a result of a person with these spells.

    `in_class`: she comes to class where the actor keeps a list.
    """
    if person_id == actor.person_id:
        return False
    return actor.has("certifier") or (actor.has("trainer") and in_class) or place_of(actor, spans) is not None


def enterable(actor: Actor, in_class: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the criterion of the people for whom `can_enter_for` lets the actor enter results."""
    ours: ColumnElement[bool] = PEOPLE.c.id.in_(select_staff(actor.supervises, actor.today))
    if actor.has("certifier"):
        ours = true()
    elif actor.has("trainer"):
        ours = or_(ours, in_class)
    return and_(PEOPLE.c.id != actor.person_id, ours)


def visible_papers(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the sheets that the actor may print: for assessors all but one made for herself.

    A supervisor sees those that she made, for a class or for her present staff.
    """
    if actor.has(*ASSESSORS):
        return PaperForm.person_id.is_distinct_from(actor.person_id)
    present = PaperForm.person_id.in_(select_staff(actor.supervises, actor.today))
    return and_(PaperForm.made_by == actor.account_id, or_(PaperForm.person_id.is_(None), present))


def can_settle(actor: Actor, person_id: int, spans: Iterable[Span], entered_by: int) -> bool:
    """Return whether the actor may be the second person of an entry: not who entered it, nor the worker's own staff."""
    if actor.account_id == entered_by or actor.person_id == person_id:
        return False
    return actor.has(*ASSESSORS) and place_of(actor, spans) is None


def settleable(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the waiting entries that `can_settle` lets the actor confirm or reject."""
    if not actor.has(*ASSESSORS):
        return false()
    return and_(
        ResultEntry.settled_at.is_(None),
        ResultEntry.entered_by != actor.account_id,
        ResultEntry.person_id != actor.person_id,
        ResultEntry.person_id.in_(_STANDING),
        ResultEntry.person_id.not_in(select_staff(actor.supervises, actor.today)),
    )


def own_entries(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of what the actor has entered: of a supervisor, for those who are her staff today."""
    if actor.has(*ASSESSORS):
        return ResultEntry.entered_by == actor.account_id
    return and_(
        ResultEntry.entered_by == actor.account_id,
        ResultEntry.person_id.in_(select_staff(actor.supervises, actor.today)),
    )


def visible_entries(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the entries whose sheet the actor may see.

    Her own answers, what she has entered, what she may settle or answer for, or has; a certifier sees all, since she
    certifies by it.
    """
    if actor.has("certifier"):
        return ResultEntry.id.is_not(None)
    hers = ResultEntry.person_id == actor.person_id
    return or_(hers, own_entries(actor), settleable(actor), settled_by(actor), answerable(actor))


def settled_by(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the entries that the actor has settled, while she is an assessor."""
    if not actor.has(*ASSESSORS):
        return false()
    return and_(ResultEntry.settled_by == actor.account_id, ResultEntry.person_id != actor.person_id)


def can_answer(actor: Actor, person_id: int, spans: Iterable[Span], entered_by: int, settled_by_id: int | None) -> bool:
    """Return whether the actor may answer what a worker says of an entry: as a second person who did not settle it."""
    return actor.account_id != settled_by_id and can_settle(actor, person_id, spans, entered_by)


def answerable(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the entries whose objection `can_answer` lets the actor answer, or that she answered."""
    if not actor.has(*ASSESSORS):
        return false()
    hers = exists().where(EntryObjection.entry_id == ResultEntry.id, EntryObjection.answered_by == actor.account_id)
    free = and_(
        ResultEntry.settled_by.is_distinct_from(actor.account_id),
        ResultEntry.person_id.in_(_STANDING),
        ResultEntry.person_id.not_in(select_staff(actor.supervises, actor.today)),
        unanswered(),
    )
    apart = and_(ResultEntry.entered_by != actor.account_id, ResultEntry.person_id != actor.person_id)
    return and_(apart, or_(free, hers))


def unanswered() -> ColumnElement[bool]:
    """Return the criterion of the entries whose objection waits for an answer."""
    return exists().where(EntryObjection.entry_id == ResultEntry.id, EntryObjection.outcome.is_(None))


def own_results(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of what was entered for the actor herself."""
    return ResultEntry.person_id == actor.person_id


def is_entry(public_id: str) -> ColumnElement[bool]:
    """Return the criterion of one entry."""
    return ResultEntry.public_id == public_id


#: Who proposes, looks and decides.
REGRADERS = ("certifier", "administrator")


def can_propose(actor: Actor) -> bool:
    """Return whether the actor may look at what a correction would do, and propose it: a certifier."""
    return actor.has("certifier")


def can_see(actor: Actor) -> bool:
    """Return whether the actor may see corrections and whom they concern."""
    return actor.has(*REGRADERS)


def can_apply(actor: Actor, proposed_by: int) -> bool:
    """Return whether the actor may be the second person, who has done what another proposed."""
    return actor.has(*REGRADERS) and actor.account_id != proposed_by
