"""A supervisor's pages of hours: what waits, countersigning many at once, one entry, one person, and paper logs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from lms.actor import Actor, Span
from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.fieldwork import service
from lms.fieldwork.forms.hours import ChosenForm, PaperForm, WordsForm
from lms.fieldwork.messages import hours as messages
from lms.fieldwork.policy import hours as policy
from lms.fieldwork.policy.sessions import told_of_staff
from lms.fieldwork.queries import hours as queries
from lms.fieldwork.queries.attendance import list_classes
from lms.fieldwork.queries.hours import EntryRow
from lms.fieldwork.queries.people import PersonName, get_person
from lms.fieldwork.rules import CreditedMinutes, Crediting, Spent
from lms.fieldwork.rules.hours import UNDO_HOURS, may_become
from lms.fieldwork.views.ahead import told_ahead
from lms.fieldwork.views.blueprint import bp
from lms.fieldwork.views.hours import Page, fill_entry_form, story_of
from lms.fieldwork.views.words import EntryWords
from lms.i18n import gettext as _
from lms.ids import new_client_id
from lms.organizations.queries import spans_of
from lms.organizations.rules import Sight, sight_of
from lms.web.access import get_actor, roles
from lms.web.forms import ButtonForm, Explained, form_page, page_of

#: More entries than a page holds, or an act takes, are not asked for at once.
MOST_LOOKED_AT = 1000


@bp.get("/team/hours")
@roles("supervisor", "certifier", "administrator")
def team_hours() -> Page:
    """Show the entries that wait for the reader, person by person, to be ticked."""
    actor = get_actor()
    settled = policy.settled_by(actor)
    count = queries.count_entries(reading(), settled & queries.is_waiting())
    number, pages = page_of(count, queries.PAGE_SIZE)
    rows = queries.list_waiting(reading(), settled, page=number)
    latest = queries.find_latest_act(reading(), actor.account_id, now() - timedelta(hours=UNDO_HOURS))
    ticked = [row.public_id for row in rows] if request.args.get("all") == "1" else []
    values = {"count": count, "number": number, "pages": pages, "latest": latest, "ticked": ticked}
    return render_template("fieldwork/team_hours.html", people=_by_person(actor, rows), **values)


@bp.post("/team/hours/look")
@roles("supervisor", "certifier", "administrator")
def look_at_hours() -> Page:
    """Say exactly what would be countersigned."""
    chosen = dict.fromkeys([*request.form.getlist("entry"), *request.form.get("entries", "").split()])
    rows = _waiting_of(get_actor(), list(chosen))
    if not rows:
        flash(messages.sentence(RuleBroken("nothing-chosen")), "error")
        return redirect(url_for("fieldwork.team_hours"))
    return _look(get_actor(), ChosenForm(formdata=None), rows)


@bp.post("/team/hours/countersign")
@roles("supervisor", "certifier", "administrator")
def countersign_hours() -> Page:
    """Countersign what the last page showed, all or none. A second tap finds it done."""
    actor, form = get_actor(), ChosenForm()
    chosen = (form.entries.data or "").split()
    if form.validate_on_submit():
        with Explained(form, messages.sentence):
            key = form.client_id.data
            write(lambda session: service.countersign(session, actor, chosen, client_id=key, at=now()))
            flash(ngettext("%(num)s entry counts now.", "%(num)s entries count now.", len(set(chosen))), "success")
            return redirect(url_for("fieldwork.team_hours"))
        form.client_id.data = new_client_id()  # what is confirmed next is another act
    return _look(actor, form, _waiting_of(actor, chosen))


@bp.post("/team/hours/acts/<public_id>/undo")
@roles("supervisor", "certifier", "administrator")
def undo_hours(public_id: str) -> Response:
    """Take back one act of countersigning; a second tap changes nothing."""
    actor = get_actor()
    if ButtonForm().validate_on_submit():
        try:
            undone = write(lambda session: service.undo_act(session, actor, public_id, at=now()))
            flash(ngettext("%(num)s entry waits again.", "%(num)s entries wait again.", undone), "success")
        except RuleBroken as error:
            flash(messages.sentence(error), "error")
    return redirect(url_for("fieldwork.team_hours"))


@bp.get("/team/hours/<public_id>")
@roles("supervisor", "certifier", "administrator")
def team_entry(public_id: str) -> Page:
    """Show one entry, what became of it, and what the reader can do."""
    return _entry_page(get_actor(), public_id, WordsForm(formdata=None))


@bp.post("/team/hours/<public_id>/return")
@roles("supervisor", "certifier", "administrator")
def return_hours(public_id: str) -> Page:
    """Return an entry with a reason."""
    actor, form = get_actor(), WordsForm()
    if form.validate_on_submit():
        with Explained(form, messages.sentence):
            words = form.words.data
            write(lambda session: service.return_entry(session, actor, public_id, words, at=now()))
            flash(_("Returned. She sees your words, and can correct it or answer."), "success")
            return redirect(url_for("fieldwork.team_hours"))
    return _entry_page(actor, public_id, form)


@bp.get("/team/people/<public_id>/hours")
@roles("supervisor", "certifier", "administrator")
def person_hours(public_id: str) -> Page:
    """Show the entries of one person that the reader may see."""
    actor, person = get_actor(), get_person(reading(), public_id)
    seen = policy.visible_entries(actor) & queries.is_of(person.person_id)
    count = queries.count_entries(reading(), seen)
    number, pages = page_of(count, queries.PAGE_SIZE)
    rows = queries.list_entries(reading(), seen, page=number)
    spans = spans_of(reading(), [person.person_id]).get(person.person_id, ())
    places, is_known = _places(actor, person, spans), _is_known(actor, spans)
    if not count and not is_known:
        raise NotFound
    entries = _words(actor, rows).entries(rows)
    values = {"entries": entries, "number": number, "pages": pages, "may_enter": bool(places)}
    values["is_known"] = is_known
    return render_template("fieldwork/person_hours.html", person=person, **values)


@bp.route("/team/people/<public_id>/hours/paper", methods=["GET", "POST"])
@roles("supervisor")
def paper_hours(public_id: str) -> Page:
    """Enter what stands on a signed paper log."""
    actor, person = get_actor(), get_person(reading(), public_id)
    form = PaperForm()
    del form.asks_host  # it is countersigned at once
    spans = spans_of(reading(), [person.person_id]).get(person.person_id, ())
    places = fill_entry_form(form, _places(actor, person, spans) or _refuse())
    if form.validate_on_submit():
        with Explained(form, messages.sentence):
            sheet, key, who = form.sheet(places, sheet_on=form.sheet_on.data), form.client_id.data, person.person_id
            write(lambda s: service.enter_from_paper(s, actor, who, sheet, client_id=key, at=now()))
            flash(_("Entered and countersigned."), "success")
            return redirect(url_for("fieldwork.person_hours", public_id=public_id))
    sites = queries.list_sites(reading(), policy.visible_entries(actor) & queries.is_of(person.person_id))
    return form_page("fieldwork/hours_form.html", form, old=None, sites=sites, person=person)


def _refuse() -> list[int]:
    raise NotFound


def _is_known(actor: Actor, spans: Sequence[Span]) -> bool:
    """Return whether a person with these spells works or worked for the reader, so that she may open her pages."""
    sights = {sight_of(spans, place, actor.today) for place in actor.supervises}
    return bool(sights - {Sight.NONE})


def _places(actor: Actor, person: PersonName, spans: Sequence[Span]) -> list[int]:
    """Return the reader's organizations for which a paper log of a person with these spells can be entered."""
    places = dict.fromkeys(each.organization_id for each in spans)
    who = (actor, person.person_id, spans)
    return [place for place in places if policy.can_settle(*who, place, is_of_supervisor=False)]


def _waiting_of(actor: Actor, public_ids: Sequence[str]) -> list[EntryRow]:
    """Return those of these entries that the reader can countersign now. One query."""
    rows = queries.list_chosen(reading(), policy.settled_by(actor), public_ids[:MOST_LOOKED_AT])
    return [row for row in rows if may_become(row.state, "countersigned")]


def _words(actor: Actor, rows: Sequence[EntryRow]) -> EntryWords:
    """Return the words of entries for staff, with the overlaps among what the reader may see. Three queries.

    A host hears of no class of somebody who only did her practicum there.
    """
    timed = queries.list_timed(reading(), policy.visible_entries(actor), rows)
    timed += list_classes(reading(), told_of_staff(actor), [row for row in rows if _is_ours(actor, row)])
    return EntryWords(current(reading()), rows, timed, for_staff=True)


def _is_ours(actor: Actor, row: EntryRow) -> bool:
    """Return whether the reader sees an entry as who answers for the worker, not only as the host of a practicum."""
    return row.organization_id in actor.supervises or (row.is_of_supervisor and actor.has(*policy.OFFICE))


def _by_person(actor: Actor, rows: Sequence[EntryRow]) -> list[dict[str, Any]]:
    """Return the entries of each person, with her name and how many minutes they are."""
    words = _words(actor, rows)
    return [
        {
            "name": own[0].name,
            "public_id": own[0].person_public_id,
            "minutes": sum(row.minutes for row in own),
            "entries": words.entries(own),
        }
        for _person_id, group in groupby(rows, key=lambda row: row.person_id)
        for own in [list(group)]
    ]


def _look(actor: Actor, form: ChosenForm, rows: Sequence[EntryRow]) -> Page:
    """Show what would be countersigned; what does not wait any more is left out."""
    form.entries.data = " ".join(row.public_id for row in rows)
    total = {"count": len(rows), "minutes": sum(row.minutes for row in rows)}
    ahead = told_ahead(_crediting(rows))
    return form_page("fieldwork/team_hours_look.html", form, people=_by_person(actor, rows), **total, **ahead)


def _crediting(rows: Sequence[EntryRow]) -> Crediting:
    """Return what would count once these entries are countersigned."""
    return Crediting(tuple(Spent(_fact(row), _clock(row)) for row in rows))


def _fact(row: EntryRow) -> CreditedMinutes:
    return CreditedMinutes(row.person_id, row.kind, tuple(row.competencies), row.minutes, row.done_on, now())


def _clock(row: EntryRow) -> tuple[int, int] | None:
    return None if row.begins is None or row.ends is None else (row.begins, row.ends)


def _entry_page(actor: Actor, public_id: str, form: WordsForm) -> Page:
    row = queries.get_entry(reading(), policy.visible_entries(actor), public_id)
    mine = bool(queries.list_chosen(reading(), policy.settled_by(actor), [public_id]))
    return form_page(
        "fieldwork/team_entry.html",
        form,
        entry=_words(actor, [row]).entry(row),
        is_ours=_is_ours(actor, row),
        can={event: mine and may_become(row.state, event) for event in ("countersigned", "returned")},
        **story_of(row),
    )
