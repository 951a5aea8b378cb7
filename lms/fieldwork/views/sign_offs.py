"""Pages of sign-offs: the worker reads and answers hers; staff read those of their people, and withdraw wrong ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement

from lms.actor import Actor
from lms.clock import now
from lms.content.library import Text, current
from lms.db import reading, write
from lms.errors import NotFound
from lms.fieldwork import service
from lms.fieldwork.forms.hours import WordsForm
from lms.fieldwork.forms.sign_offs import AnswerForm
from lms.fieldwork.messages import sign_offs as messages
from lms.fieldwork.policy import sign_offs as policy
from lms.fieldwork.queries import sign_offs as queries
from lms.fieldwork.queries.observing import find_people, is_one_of
from lms.fieldwork.queries.people import PersonName, get_person, signers_of
from lms.fieldwork.queries.sign_offs import Narrowed, ObservationRow
from lms.fieldwork.views.blueprint import bp
from lms.fieldwork.views.checklists import ChecklistWords, checklist_of, outcome, title_of
from lms.fieldwork.views.hours import Page
from lms.i18n import gettext as _
from lms.organizations.queries import list_staff, spans_of
from lms.people.queries import list_people
from lms.web.access import get_actor, roles, signed_in
from lms.web.forms import Explained, Form, form_page, page_href, page_of

_MOST_FOUND = 20


@bp.get("/sign-offs")
@signed_in
def own_sign_offs() -> Page:
    """Show the reader what others saw of her work."""
    actor = get_actor()
    shown = _listed(actor, queries.is_of(actor.person_id), "fieldwork.own_sign_off")
    return render_template("fieldwork/sign_offs.html", **shown, href_for=page_href("fieldwork.own_sign_offs"))


@bp.get("/sign-offs/<public_id>")
@signed_in
def own_sign_off(public_id: str) -> Page:
    """Show one observation of the reader, line by line, and what she answered."""
    return _page(get_actor(), queries.is_of(get_actor().person_id), public_id, AnswerForm(formdata=None))


@bp.post("/sign-offs/<public_id>/answer")
@signed_in
def answer_sign_off(public_id: str) -> Page:
    """Keep what the reader says to it: one text, for good."""
    actor, form = get_actor(), AnswerForm()
    if form.validate_on_submit():
        with Explained(form, messages.sentence):
            words = form.words.data
            write(lambda session: service.answer_observation(session, actor, public_id, words, at=now()))
            flash(_("Your answer stands beside it now."), "success")
            return redirect(url_for("fieldwork.own_sign_off", public_id=public_id))
    return _page(actor, queries.is_of(actor.person_id), public_id, form)


@bp.get("/team/sign-offs")
@roles("supervisor", "certifier", "trainer")
def team_sign_offs() -> Page:
    """Show the sign-offs that the reader may see, the latest first, narrowed as the address says; find somebody."""
    actor, wanted = get_actor(), _wanted()
    seen = policy.visible_observations(actor) & queries.narrowed(wanted, actor.today)
    return render_template(
        "fieldwork/team_sign_offs.html",
        **_listed(actor, seen, "fieldwork.team_sign_off"),
        wanted=wanted,
        found=_find_people(actor, wanted.search) if wanted.search else [],
        checklists=_checklist_titles(),
        standings=[(key, str(messages.STANDINGS[key])) for key in queries.STANDINGS],
        href_for=page_href(
            "fieldwork.team_sign_offs", q=wanted.search, checklist=wanted.checklist, state=wanted.standing
        ),
    )


@bp.get("/team/people/<public_id>/sign-offs")
@roles("supervisor", "certifier", "trainer")
def person_sign_offs(public_id: str) -> Page:
    """Show the sign-offs of one person, and the checklists by which she can be observed."""
    actor = get_actor()
    person, may_observe = open_person(actor, public_id)
    seen = policy.visible_observations(actor) & queries.is_of(person.person_id)
    return render_template(
        "fieldwork/person_sign_offs.html",
        **_listed(actor, seen, "fieldwork.team_sign_off"),
        person=person,
        checklists=_checklist_titles() if may_observe else [],
        href_for=page_href("fieldwork.person_sign_offs", public_id=public_id),
    )


@bp.get("/team/sign-offs/<public_id>")
@roles("supervisor", "certifier", "trainer")
def team_sign_off(public_id: str) -> Page:
    """Show one observation to staff."""
    return _page(get_actor(), policy.visible_observations(get_actor()), public_id, WordsForm(formdata=None))


@bp.post("/team/sign-offs/<public_id>/withdraw")
@roles("supervisor", "certifier", "trainer")
def withdraw_sign_off(public_id: str) -> Page:
    """Withdraw a wrong observation with a reason; it stays to be read."""
    actor, form = get_actor(), WordsForm()
    if form.validate_on_submit():
        with Explained(form, messages.sentence):
            words = form.words.data
            write(lambda session: service.withdraw_observation(session, actor, public_id, words, at=now()))
            flash(_("Withdrawn. It does not count any more. She sees your reason."), "success")
            return redirect(url_for("fieldwork.team_sign_off", public_id=public_id))
    return _page(actor, policy.visible_observations(actor), public_id, form)


def open_person(actor: Actor, public_id: str) -> tuple[PersonName, bool]:
    """Return the person of an address whose sign-offs the reader may open, and whether she may observe her today.

    Raises `NotFound`. Three queries at most.
    """
    person = get_person(reading(), public_id)
    spans = spans_of(reading(), [person.person_id]).get(person.person_id, ())
    in_class = actor.has("trainer") and is_one_of(reading(), policy.in_class_of(actor), person.person_id)
    if not policy.can_open(actor, person.person_id, spans, in_class=in_class):
        raise NotFound
    is_here = any(each.covers(actor.today) and each.organization_id in actor.supervises for each in spans)
    return person, is_here or in_class or actor.has("certifier")


def _wanted() -> Narrowed:
    """Return how the address narrows the list."""
    search = " ".join(request.args.get("q", "").split())[:100]
    return Narrowed(search, request.args.get("checklist", "")[:80], request.args.get("state", ""))


def _checklist_titles() -> list[tuple[str, Text]]:
    """Return every checklist by its key, with its title."""
    library = current(reading())
    return [(key, title_of(library, key)) for key in library.keys("checklist")]


def _listed(actor: Actor, seen: ColumnElement[bool], endpoint: str) -> dict[str, Any]:
    """Return one page of the observations that meet a criterion, as a list shows them. Two queries."""
    number, pages = page_of(queries.count_observations(reading(), seen), queries.PAGE_SIZE)
    lines = _lines(actor, queries.list_observations(reading(), seen, page=number), endpoint)
    return {"lines": lines, "number": number, "pages": pages}


def _find_people(actor: Actor, search: str) -> list[tuple[str, str]]:
    """Return public id and name of people whom the reader may observe, by a part of the name. Two queries at most."""
    if actor.has("certifier"):
        found = [(row.public_id, row.name) for row in list_people(reading(), search, 1)]
    else:
        staff = list_staff(reading(), actor.supervises, actor.today, search=search, limit=_MOST_FOUND)
        found = [(row.person_public_id, row.name) for row in staff]
        if actor.has("trainer"):
            found += find_people(reading(), policy.in_class_of(actor), search)
    return [each for each in dict.fromkeys(found) if each[0] != actor.public_id][:_MOST_FOUND]


def _lines(actor: Actor, rows: Sequence[ObservationRow], endpoint: str) -> list[dict[str, Any]]:
    """Return observations in words, as a list shows them."""
    library = current(reading())
    return [
        {
            "row": row,
            "title": title_of(library, row.checklist_key),
            "state": messages.state_of(row, actor.today),
            "href": url_for(endpoint, public_id=row.public_id),
        }
        for row in rows
    ]


def _page(actor: Actor, seen: ColumnElement[bool], public_id: str, form: Form) -> Page:
    """Show one observation; the form is the worker's answer or the withdrawal of staff."""
    row = queries.get_observation(reading(), seen, public_id)
    is_hers = isinstance(form, AnswerForm)
    checklist = checklist_of(row)
    words = ChecklistWords(current(reading()), checklist)
    return form_page(
        "fieldwork/sign_off.html",
        form,
        row=row,
        is_hers=is_hers,
        may_withdraw=not is_hers and row.withdrawn_at is None and policy.can_withdraw(actor, row.person_id),
        title=words.title,
        lines=words.lines(row.levels),
        marks=words.marks(),
        highest=words.levels()[checklist.highest],
        outcome=outcome(row, checklist),
        total=len(checklist.items),
        state=messages.state_of(row, actor.today),
        spoken=messages.LANGUAGE_NAMES[row.language],
        observer=signers_of(reading(), [row.observed_by])[row.observed_by],
    )
