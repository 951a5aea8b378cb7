"""Administrators' pages: who may be the same person, what joining would do, joining, and taking apart again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import gettext as _
from lms.merging import messages, queries, service
from lms.merging.forms import JoinForm, UndoForm
from lms.merging.service import Plan
from lms.people.queries import PersonRow, get_person, list_people
from lms.web.access import get_actor, roles
from lms.web.forms import form_page, refuse

bp = Blueprint("merging", __name__, template_folder="templates")


@bp.get("/admin/people/<public_id>/join")
@roles("administrator")
def choose(public_id: str) -> Any:
    """List who may be the same person as this one, and what was joined with her."""
    return _choices(get_person(reading(), public_id), UndoForm())


def _choices(person: PersonRow, form: UndoForm) -> Any:
    actor, text = get_actor(), request.args.get("q", "").strip()[:200]
    apart = {person.person_id, actor.person_id}
    found = list_people(reading(), text, 1) if text else []
    return form_page(
        "merging/choose.html",
        form,
        person=person,
        text=text,
        alike=queries.list_alike(reading(), person.person_id, besides=actor.person_id),
        found=[each for each in found if each.person_id not in apart and each.state != "joined"],
        joined=queries.list_joined(reading(), person.person_id),
        is_self=person.person_id == actor.person_id,
    )


@bp.get("/admin/people/<public_id>/join/<other>")
@roles("administrator")
def preview(public_id: str, other: str) -> Any:
    """Show what joining the record `other` to this one would do."""
    return _preview(public_id, other, JoinForm())


@bp.post("/admin/people/<public_id>/join/<other>")
@roles("administrator")
def join(public_id: str, other: str) -> Any:
    """Join them, exactly as was shown."""
    actor, form = get_actor(), JoinForm()
    if form.validate_on_submit():
        mark, client_id = form.mark.data, form.client_id.data
        try:
            write(
                lambda session: service.join(session, actor, public_id, other, mark=mark, client_id=client_id, at=now())
            )
        except RuleBroken as error:
            refuse(form, error, messages.sentence)
        else:
            flash(_("The two records are one now. You can take them apart again here."), "success")
            return redirect(url_for("merging.choose", public_id=public_id))
    return _preview(public_id, other, form)


def _preview(public_id: str, other: str, form: JoinForm) -> Any:
    """Return the page of a plan as it is now, with what was refused."""
    kept, merged = get_person(reading(), public_id), get_person(reading(), other)
    plan: Plan | None = None
    try:
        plan = service.look(get_actor(), public_id, other, at=now())
        form.mark.data = plan.mark
    except RuleBroken as error:
        if not form.errors:
            refuse(form, error, messages.sentence)
    return form_page(
        "merging/preview.html",
        form,
        kept=kept,
        merged=merged,
        plan=plan,
        moved=messages.counted(plan.moved) if plan else [],
        settled=messages.settled(current(reading()), plan) if plan else [],
        made=messages.made(plan) if plan else [],
    )


@bp.post("/admin/joined/<merge_id>/undo")
@roles("administrator")
def undo(merge_id: str) -> Response | Any:
    """Take two records apart again."""
    actor, form, known = get_actor(), UndoForm(), queries.find_joined(reading(), merge_id)
    if known is None:
        raise NotFound
    if form.validate_on_submit():
        try:
            write(lambda session: service.undo(session, actor, merge_id, at=now()))
        except RuleBroken as error:
            refuse(form, error, messages.sentence)
        else:
            flash(_("The two records are apart again, as they were."), "success")
            return redirect(url_for("merging.choose", public_id=known.kept_public_id))
    return _choices(get_person(reading(), known.kept_public_id), form)
