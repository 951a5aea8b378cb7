"""Who enters results that came on paper or from elsewhere, and prints the sheets for them.

By name trainers find those people alone who come to class (`in_class`, which the roof names: fieldwork knows), and
certifiers everybody. A supervisor finds her present staff; what she enters for them waits for a second person, also
where she is a trainer besides.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, or_, true

from lms.actor import Actor, Span
from lms.assessments.models import PaperForm
from lms.assessments.policy.standing import ASSESSORS
from lms.assessments.rules import place_of
from lms.organizations.queries import PEOPLE, select_staff

ENTERING = ("supervisor", *ASSESSORS)


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
