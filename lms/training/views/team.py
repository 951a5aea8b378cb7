"""Pages of supervisors and staff: what waits for yearly hours, what they entered for others, one of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for

from lms.actor import Actor
from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import gettext as _
from lms.organizations.queries import list_staff, names_of, spans_of
from lms.organizations.queries.supervising import stands_in_at
from lms.people.queries import find_contacts_by_value
from lms.people.queries import names_of as names_of_people
from lms.people.rules import normal_identifier
from lms.training import policy, queries, service
from lms.training.forms import AcceptForm, DeclineForm, FileForm, TellForAnybodyForm, TellForStaffForm, hours_text
from lms.training.policy import Ties
from lms.training.queries import ShareRow, TrainingRow
from lms.training.queries.yearly import ShortRow, list_short
from lms.training.rules import TAKES_FILES, year_of
from lms.training.views.blueprint import bp, choices, explained, page, words
from lms.training.views.own import shared_values, shares_of
from lms.web.access import get_actor, roles
from lms.web.forms import choices_of

_STAFF = ("supervisor", "certifier", "administrator")


@bp.get("/team/training")
@roles(*_STAFF)
def team() -> Any:
    """Show what waits for the supervising provider, and what was entered for staff."""
    actor = get_actor()
    shares = queries.list_shared_with(reading(), actor, actor.today) if actor.supervises else []
    short = _short(actor)
    entered = _visible(actor, queries.list_entered(reading(), actor))
    people, places = _named(shares, short)
    return page(
        "team.html",
        waiting=[each for each in shares if each.outcome is None],
        decided=[each for each in shares if each.outcome],
        entered=entered,
        short=short,
        year=year_of(actor.today),
        people=names_of_people(reading(), people | {each.person_id for each in entered}),
        organizations=names_of(reading(), places),
    )


def _named(shares: list[ShareRow], short: list[ShortRow]) -> tuple[set[int], set[int]]:
    """Return the people and the organizations of these rows."""
    people = {each.person_id for each in shares} | {each.person_id for each in short}
    return people, {each.organization_id for each in shares} | {each.organization_id for each in short}


def _short(actor: Actor) -> list[ShortRow]:
    """Return who of the staff for whom she answers lacks yearly hours, never herself. At most one query."""
    if not actor.supervises:
        return []
    return list_short(reading(), actor.supervises, actor.today, but_of=actor.person_id)


def _visible(actor: Actor, rows: list[TrainingRow]) -> list[TrainingRow]:
    """Return those that the actor may still see. One query."""
    spans = spans_of(reading(), {row.person_id for row in rows})
    return [row for row in rows if policy.can_oversee(actor, row.ties, spans.get(row.person_id, ()))]


@bp.route("/team/training/new", methods=["GET", "POST"])
@roles(*_STAFF)
def team_new() -> Any:
    """Let staff tell of earlier training for somebody who works with them."""
    actor, found = get_actor(), words()
    form, find = _form_for(actor)
    form.offer(*choices(found))
    if form.validate_on_submit():
        with explained(form):
            told, key, person_id = form.told, form.client_id.data, find(form.person.data)
            public_id = write(lambda s: service.add(s, actor, person_id, told, client_id=key, at=now()))
            return redirect(url_for("training.team_show", public_id=public_id))
    return page("tell.html", form, form=form, row=None, words=found, back=url_for("training.team"))


def _form_for(actor: Actor) -> tuple[TellForStaffForm | TellForAnybodyForm, Callable[[str], int]]:
    """Return the form, and what finds the person whom it names: one of her staff, or anybody for the consortium."""
    if not actor.supervises:
        return TellForAnybodyForm(), _find_anybody
    rows = [row for row in list_staff(reading(), actor.supervises, actor.today) if row.person_id != actor.person_id]
    form = TellForStaffForm(data={"person": request.args.get("person", "")})
    form.person.choices = choices_of(
        [("", _("Choose a person")), *{row.person_public_id: row.name for row in rows}.items()]
    )
    ids = {row.person_public_id: row.person_id for row in rows}
    return form, ids.__getitem__


def _find_anybody(contact: str) -> int:
    """Return the id of the one person who has this contact; raise `RuleBroken` for none or several."""
    identifier = normal_identifier(contact)
    found = find_contacts_by_value(reading(), identifier) if identifier else []
    if len(found) != 1:
        raise RuleBroken("person_unknown")
    return found[0]


@bp.get("/team/training/<public_id>")
@roles(*_STAFF)
def team_show(public_id: str) -> Any:
    """Show one earlier training to staff who entered it or are asked about it."""
    return team_page(get_actor(), queries.get_row(reading(), public_id))


@bp.post("/team/training/<public_id>/<any(accept, decline):answer>/<share_id>")
@roles("supervisor")
def settle(public_id: str, answer: str, share_id: str) -> Any:
    """Count it for the yearly hours, or say why not."""
    actor, row = get_actor(), queries.get_row(reading(), public_id)
    accept, decline = AcceptForm(), DeclineForm()
    form: AcceptForm | DeclineForm = accept if answer == "accept" else decline
    if form.validate_on_submit():
        with explained(form):
            values = {"minutes": accept.minutes} if answer == "accept" else _declined(decline)
            write(lambda s: service.settle_share(s, actor, share_id, **values, at=now()))
            flash(_("Your decision is saved."), "success")
            return redirect(url_for("training.team"))
    return team_page(actor, row, **{f"{answer}_form": form})


def _declined(form: DeclineForm) -> dict[str, Any]:
    return {"reason_code": form.reason.data, "note": form.note.data or ""}


def team_page(
    actor: Actor,
    row: TrainingRow,
    *,
    file_form: FileForm | None = None,
    accept_form: AcceptForm | None = None,
    decline_form: DeclineForm | None = None,
) -> Any:
    """Return the page of one earlier training for staff; raise `NotFound` where they may not see it."""
    spans = spans_of(reading(), [row.person_id]).get(row.person_id, ())
    shares, present = shares_of(row, actor.today)
    ties = queries.tied(row.ties, shares, present)
    if not policy.can_oversee(actor, ties, spans):
        raise NotFound
    file_form = file_form or FileForm(formdata=None)
    accept_form = accept_form or AcceptForm(formdata=None, hours=hours_text(row.told.minutes))
    decline_form = decline_form or DeclineForm(formdata=None)
    may_change = policy.can_change(actor, row.ties, spans)
    values = shared_values(row, shares, present if may_change else frozenset(), actor.today)
    return page(
        "team_one.html",
        file_form,
        accept_form,
        decline_form,
        row=row,
        told=row.told,
        name=names_of_people(reading(), [row.person_id])[row.person_id],
        files=queries.list_files(reading(), row.training_id),
        file_form=file_form,
        accept_form=accept_form,
        decline_form=decline_form,
        shows_state=may_change or row.organization_id in actor.supervises,
        may_add=may_change and row.state in TAKES_FILES,
        may_send=may_change and row.state == "draft",
        may_change=may_change and row.state == "draft" and not shares,
        asked=_asked(actor, ties, shares),
        **{**values, "providers": [each for each in values["providers"] if each.id in actor.supervises]},
    )


def _asked(actor: Actor, ties: Ties, shares: list[ShareRow]) -> ShareRow | None:
    """Return the request that the actor decides about, or None. One query."""
    others = ties.asked - stands_in_at(reading(), actor.person_id, ties.person_id, actor.today)
    for each in shares:
        if each.outcome is None and policy.can_accept(actor, ties.person_id, each.organization_id, others):
            return each
    return None
