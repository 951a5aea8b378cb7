"""A worker's pages of her hours: what counts and what waits, entering, correcting, answering and withdrawing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.fieldwork import service
from lms.fieldwork.forms.hours import CorrectForm, EntryForm, SeenForm, WordsForm
from lms.fieldwork.messages import hours as messages
from lms.fieldwork.queries import hours as queries
from lms.fieldwork.queries.attendance import list_classes
from lms.fieldwork.queries.hours import EntryRow, SumRow
from lms.fieldwork.queries.people import signers_of
from lms.fieldwork.queries.sessions import any_session
from lms.fieldwork.rules.hours import may_become
from lms.fieldwork.views.blueprint import bp
from lms.fieldwork.views.words import EntryWords, competency_choices
from lms.i18n import format_hours, format_month
from lms.i18n import gettext as _
from lms.organizations.queries import list_every
from lms.web.access import get_actor, signed_in
from lms.web.forms import Explained, choices_of, form_page, page_of

Page = str | tuple[str, int] | Response


@dataclass
class Sums:
    """Her minutes: what counts, what waits, what came back; and by month and kind what counts and what waits."""

    counted: int = 0
    waiting: int = 0
    returned: int = 0
    lines: dict[tuple[int, int, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))


@bp.get("/hours")
@signed_in
def own_hours() -> Page:
    """Show what counts, what waits, and the entries behind it."""
    actor = get_actor()
    mine = queries.is_of(actor.person_id)
    number, pages = page_of(queries.count_entries(reading(), mine), queries.PAGE_SIZE)
    rows = queries.list_entries(reading(), mine, page=number)
    sums = _sums(queries.list_sums(reading(), actor.person_id))
    return render_template(
        "fieldwork/hours.html",
        sums=sums,
        lines=_lines(sums),
        entries=_words(actor, rows).entries(rows),
        number=number,
        pages=pages,
    )


@bp.route("/hours/new", methods=["GET", "POST"])
@signed_in
def new_hours() -> Page:
    """Enter hours of one day. A second sending of the same form enters nothing."""
    actor, form = get_actor(), EntryForm(done_on=get_actor().today)
    places = fill_entry_form(form, _employers(actor))
    if form.validate_on_submit():
        with Explained(form, messages.sentence):
            sheet, key = form.sheet(places), form.client_id.data
            public_id = write(lambda s: service.enter(s, actor, sheet, client_id=key, at=now()))
            flash(_("Saved. Your supervisor sees it now."), "success")
            return redirect(url_for("fieldwork.own_entry", public_id=public_id))
    return _entry_page(actor, form)


@bp.get("/hours/<public_id>")
@signed_in
def own_entry(public_id: str) -> Page:
    """Show one entry, how it stands and why, and what she can do."""
    return _own_page(get_actor(), public_id, WordsForm(formdata=None))


@bp.route("/hours/<public_id>/correct", methods=["GET", "POST"])
@signed_in
def correct_hours(public_id: str) -> Page:
    """Enter anew what was wrong; the former entry stays in the history."""
    actor, old = get_actor(), queries.get_entry(reading(), queries.is_of(get_actor().person_id), public_id)
    form = CorrectForm(data=typed_of(old))
    places = fill_entry_form(form, _employers(actor), old=old)
    if form.validate_on_submit():
        with Explained(form, messages.sentence):
            new_id = _correct(actor, public_id, form, places)
            flash(_("Corrected. Your supervisor sees it now."), "success")
            return redirect(url_for("fieldwork.own_entry", public_id=new_id))
    return _entry_page(actor, form, old)


@bp.post("/hours/<public_id>/answer")
@signed_in
def answer_hours(public_id: str) -> Page:
    """Say why returned hours are right after all."""
    actor, form = get_actor(), WordsForm()
    if form.validate_on_submit():
        with Explained(form, messages.sentence):
            words = form.words.data
            write(lambda session: service.dispute(session, actor, public_id, words, at=now()))
            flash(_("Your answer is on its way to your supervisor."), "success")
            return redirect(url_for("fieldwork.own_entry", public_id=public_id))
    return _own_page(actor, public_id, form)


@bp.post("/hours/<public_id>/withdraw")
@signed_in
def withdraw_hours(public_id: str) -> Response:
    """Withdraw an entry; it stays in the history."""
    actor, form = get_actor(), SeenForm()
    if form.validate_on_submit():
        try:
            write(lambda session: service.withdraw(session, actor, public_id, seen=form.seen.data or "", at=now()))
            flash(_("Withdrawn. It does not count."), "success")
        except RuleBroken as error:
            flash(messages.sentence(error), "error")
    return redirect(url_for("fieldwork.own_entry", public_id=public_id))


def _correct(actor: Actor, public_id: str, form: CorrectForm, places: Mapping[str, int]) -> str:
    """Correct an entry and return the new one's public id; what has changed meanwhile is shown as it is now."""
    sheet, key, seen = form.sheet(places), form.client_id.data, form.seen.data or ""
    try:
        return write(lambda s: service.enter(s, actor, sheet, client_id=key, corrects=public_id, seen=seen, at=now()))
    except RuleBroken as error:
        if error.code == "changed-meanwhile":
            mine = queries.is_of(actor.person_id)
            form.seen.data = queries.get_entry(reading(), mine, public_id).state
        raise


def _employers(actor: Actor) -> list[int]:
    """Return the organizations that she works or worked for, today's first."""
    spells = sorted(actor.employments, key=lambda span: (not span.covers(actor.today), -span.since.toordinal()))
    return list(dict.fromkeys(span.organization_id for span in spells if span.since <= actor.today))


def fill_entry_form(form: EntryForm, organization_ids: Sequence[int], *, old: EntryRow | None = None) -> dict[str, int]:
    """Give a form its choices, and return every organization by the value that the form sends. One query.

    `old` is the entry that it corrects.
    """
    every = {each.id: each for each in list_every(reading())}
    form.organization.choices = choices_of((every[each].public_id, every[each].name) for each in organization_ids)
    if not form.organization.data and organization_ids:
        form.organization.data = every[old.organization_id if old else organization_ids[0]].public_id
    form.host.choices = choices_of(
        [("", _("The same place")), *((each.public_id, each.name) for each in every.values())]
    )
    if old is not None and old.host_id is not None and not form.is_submitted():
        form.host.data = every[old.host_id].public_id
    known = competency_choices(current(reading()))
    gone = [(key, key) for key in (old.competencies if old else ()) if key not in dict(known)]
    form.competencies.choices = choices_of([*known, *gone])
    return {each.public_id: each.id for each in every.values()}


def typed_of(row: EntryRow) -> dict[str, Any]:
    """Return an entry as its form holds it."""
    clock = {name: None if at is None else time(at // 60, at % 60) for name, at in _times(row).items()}
    kept = {name: getattr(row, name) for name in ("done_on", "site", "kind", "competencies", "note", "sheet_on")}
    kept |= {"host_name": row.host_name or "", "asks_host": bool(row.is_host_asked)}
    return {**kept, **clock, "hours": row.minutes // 60, "minutes": row.minutes % 60, "seen": row.state}


def _times(row: EntryRow) -> dict[str, int | None]:
    return {"begins": row.begins, "ends": row.ends}


def _entry_page(actor: Actor, form: EntryForm, old: EntryRow | None = None) -> Page:
    if old is not None and not may_become(old.state, "replaced"):
        raise NotFound
    sites = queries.list_sites(reading(), queries.is_of(actor.person_id))
    return form_page("fieldwork/hours_form.html", form, old=old, sites=sites)


def _words(actor: Actor, rows: Sequence[EntryRow]) -> EntryWords:
    """Return the words of her own entries, overlaps marked. Three queries."""
    timed = queries.list_timed(reading(), queries.is_of(actor.person_id), rows)
    timed += list_classes(reading(), any_session(), rows)
    return EntryWords(current(reading()), rows, timed, for_staff=False)


def _own_page(actor: Actor, public_id: str, form: WordsForm) -> Page:
    row = queries.get_entry(reading(), queries.is_of(actor.person_id), public_id)
    return form_page(
        "fieldwork/hours_entry.html",
        form,
        entry=_words(actor, [row]).entry(row),
        can={event: may_become(row.state, event) for event in ("replaced", "disputed", "withdrawn")},
        withdraw=SeenForm(formdata=None, seen=row.state),
        **story_of(row),
    )


def story_of(row: EntryRow) -> dict[str, Any]:
    """Return what became of an entry: its events with who did them, and the entries before and after. Four queries."""
    events = queries.list_events(reading(), row.id)
    signers = signers_of(reading(), {event.by for event in events})
    return {
        "events": [(messages.EVENTS[event.kind], event, signers[event.by]) for event in events],
        "before": queries.find_public_id(reading(), row.replaces_id),
        "after": queries.find_replacing(reading(), row.id),
    }


def _sums(rows: Sequence[SumRow]) -> Sums:
    sums = Sums()
    for row in rows:
        counts, waits = row.state == "countersigned", row.state in {"sent", "disputed"}
        sums.counted += row.minutes * counts
        sums.waiting += row.minutes * waits
        sums.returned += row.minutes * (row.state == "returned")
        line = sums.lines[row.year, row.month, row.kind]
        line[0] += row.minutes * counts
        line[1] += row.minutes * waits
    return sums


def _lines(sums: Sums) -> list[list[str]]:
    """Return kind, month, what counts and what waits, in words."""
    return [
        [
            str(messages.KIND_NAMES[kind]),
            format_month(date(year, month, 1)),
            format_hours(counted),
            format_hours(waiting),
        ]
        for (year, month, kind), (counted, waiting) in sums.lines.items()
        if counted or waiting
    ]
