"""The blueprint of people, and what its pages share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, current_app

from lms.actor import Actor
from lms.config import Config
from lms.errors import RuleBroken
from lms.people.messages import sentence
from lms.people.queries import Candidate
from lms.people.rules import Ties, shown_contact
from lms.web import forms
from lms.web.forms import Explained, Form, form_page

bp = Blueprint("people", __name__, template_folder="../templates")
bp.add_app_template_filter(shown_contact, "contact")


@dataclass(frozen=True)
class Roof:
    """What pages of people ask of floors above: the roof passes it to `init_app`."""

    #: The owner of a live account as she stands today, None for a closed one.
    actor_of: Callable[[int], Actor | None]
    #: The organizations where a person works today and an actor supervises.
    oversees: Callable[[Actor, int], Collection[int]]
    #: Id, public id and name of each department that a viewer may read.
    departments: Callable[[], list[tuple[int, str, str]]]


def init_app(app: Flask, above: Roof) -> None:
    """Let the pages of `app` ask the floors above."""
    app.extensions["people"] = above


def roof() -> Roof:
    """Return what the floors above answer."""
    found: Roof = current_app.extensions["people"]
    return found


def config() -> Config:
    """Return the settings of this application."""
    found: Config = current_app.config["LMS"]
    return found


def explained(form: Form) -> Explained:
    """Return a context in which a broken rule becomes a sentence in `form`."""
    return Explained(form, sentence)


def refuse(form: Form, error: RuleBroken) -> None:
    """Say in the form why a change was refused."""
    forms.refuse(form, error, sentence)


def page(template: str, form: Form | None = None, **values: Any) -> tuple[str, int]:
    """Return a page of this feature and its status."""
    return form_page(f"people/{template}", form, **values)


def actor_of(account_id: int) -> Actor | None:
    """Return the owner of a live account as she stands today, None for a closed one."""
    return roof().actor_of(account_id)


def is_staff(account_id: int) -> bool:
    """Return whether an account holds any role beyond a worker's, supervision included."""
    actor = actor_of(account_id)
    return actor is not None and actor.is_staff


def ties_among(candidates: Iterable[Candidate]) -> Ties:
    """Return who among some accounts holds staff roles, and who has left her last employer."""
    found = [actor for actor in (actor_of(each.account_id) for each in candidates) if actor is not None]
    return Ties(
        staff=frozenset(actor.account_id for actor in found if actor.is_staff),
        left=frozenset(actor.account_id for actor in found if _has_left(actor)),
    )


def _has_left(actor: Actor) -> bool:
    """Return whether somebody has worked here, and works nowhere any more."""
    return bool(actor.employments) and all(span.until and span.until < actor.today for span in actor.employments)


def oversees(actor: Actor, person_id: int) -> frozenset[int]:
    """Return the organizations where a person works today and `actor` supervises."""
    return frozenset(roof().oversees(actor, person_id))
