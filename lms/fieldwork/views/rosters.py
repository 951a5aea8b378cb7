"""The list of a session on a phone: who comes, who is there, who walked in, corrections, and the code on the wall."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import time
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from lms.clock import now, zone
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.fieldwork.forms.sessions import CorrectForm, MarkForm, StaffForm
from lms.fieldwork.messages.sessions import WAY_NAMES, sentence
from lms.fieldwork.policy import sessions as policies
from lms.fieldwork.queries import attendance as queries
from lms.fieldwork.queries.attendance import EntryRow
from lms.fieldwork.queries.sessions import GroupRow, SignUpRow, alike, list_sessions, list_sign_ups
from lms.fieldwork.rules.attendance import Stay, Stays
from lms.fieldwork.rules.sessions import instant_of, window_of
from lms.fieldwork.rules.tokens import here_token
from lms.fieldwork.service import attendance as service
from lms.fieldwork.service.sessions import renew_code
from lms.fieldwork.service.sign_ups import SignedUp, sign_up
from lms.fieldwork.views import session_words as words
from lms.fieldwork.views.blueprint import bp, config
from lms.fieldwork.views.shared import explained, kept_session, page, told, visible_session
from lms.i18n import format_date, format_instant, language
from lms.i18n import gettext as _
from lms.organizations.queries import StaffRow, list_staff, names_of, spans_of
from lms.web.access import get_actor, roles, signed_in
from lms.web.forms import ButtonForm, choices_of
from lms.web.qr import svg_answer

Page = str | tuple[str, int] | Response
#: A search for somebody who was not signed up: at least so many letters, at most so many people.
FEWEST_LETTERS, MOST_FOUND = 3, 20


@bp.route("/sessions/<public_id>/roster", methods=["GET", "POST"])
@signed_in
def roster(public_id: str) -> Page:
    """Show who comes and who is there; ticked people are noted as there."""
    group = kept_session(public_id)
    form = MarkForm(came=group.starts)
    if form.validate_on_submit() and _mark(form, group):
        return redirect(url_for("fieldwork.roster", public_id=public_id))
    return _roster_page(group, form)


def _roster_page(group: GroupRow, form: MarkForm) -> Page:
    rows = list_sign_ups(reading(), [group.id])
    people = _people(group, rows, queries.latest_entries(reading(), group.id))
    return page(
        "roster.html",
        form,
        **told(group),
        todo=[each for each in people if each.state == "placed"],
        noted=[each for each in people if each.state == "noted"],
        waiting=words.waiting_words(rows),
        reference=sheet_reference(group),
        may_mark=group.state in {"planned", "held"} and window_of(group.starts_at, group.ends_at, now()) != "early",
    )


@dataclass(frozen=True)
class Line:
    """One person on the list. `state` is "placed", "noted" or "waiting"."""

    public_id: str
    name: str
    language: str
    organization: str
    state: str
    told: str = ""


def _people(group: GroupRow, rows: Collection[SignUpRow], entries: dict[int, EntryRow]) -> list[Line]:
    """Return everybody on the list: who was noted, who has a place, who waits. Two queries."""
    works = organizations_on(group, {*entries, *(row.person_id for row in rows)})
    tongues = {row.person_id: words.language_name(row.language) for row in rows}
    found = [
        Line(
            each.person_public_id,
            each.name,
            tongues.get(each.person_id, "–"),
            works.get(each.person_id, ""),
            "noted",
            _noted_words(words.entry_words(each, group.starts_at), is_signed_up=each.person_id in tongues),
        )
        for each in entries.values()
    ]
    found += [
        Line(
            row.person_public_id,
            row.name,
            words.language_name(row.language),
            works.get(row.person_id, ""),
            "waiting" if row.is_waiting else "placed",
        )
        for row in rows
        if row.person_id not in entries
    ]
    return found


def _noted_words(noted: str, *, is_signed_up: bool) -> str:
    return noted if is_signed_up else _("%(noted)s (was not signed up)", noted=noted)


def organizations_on(group: GroupRow, person_ids: Collection[int]) -> dict[int, str]:
    """Return where each of these people works on the day of a session, in words. Two queries.

    A supervisor learns of no other employer than those whose staff she answers for.
    """
    actor = get_actor()
    sees_all, own = actor.has("trainer", "administrator"), set(actor.supervises)
    on_day = {
        person_id: [
            span.organization_id
            for span in spans
            if span.covers(group.day) and (sees_all or span.organization_id in own)
        ]
        for person_id, spans in spans_of(reading(), person_ids).items()
    }
    names = names_of(reading(), {each for found in on_day.values() for each in found})
    return {person_id: ", ".join(names[each] for each in found) for person_id, found in on_day.items()}


def sheet_reference(group: GroupRow) -> str:
    """Return the reference that stands on the paper list of a session."""
    return f"{group.day:%Y%m%d}-{group.public_id[:6].upper()}"


def _mark(form: MarkForm, group: GroupRow) -> bool:
    """Note the ticked people as there, and return whether that was done; else the form says why not."""
    actor, ticked = get_actor(), set(request.form.getlist("person"))
    with explained(form):
        people = _ids(group, ticked)
        stays = _stays(group, [(form.came.data, form.until.data)])
        sheet = (form.sheet.data or "").strip() or None
        way = "sheet" if sheet else "list"
        new = write(lambda s: service.mark(s, actor, group.public_id, people, stays, way=way, sheet=sheet, at=now()))
        flash(ngettext("%(num)s person is noted.", "%(num)s people are noted.", len(new)), "success")
        return True
    return False


def _ids(group: GroupRow, public_ids: Collection[str]) -> set[int]:
    """Return the ids of people on the list or, where the reader may find them, of staff; raise `NotFound`."""
    actor = get_actor()
    known = {row.person_public_id: row.person_id for row in list_sign_ups(reading(), [group.id])}
    if not known.keys() >= set(public_ids):
        staff = list_staff(reading(), policies.walk_in_places(actor), actor.today)
        known |= {row.person_public_id: row.person_id for row in staff}
    if not known.keys() >= set(public_ids):
        raise NotFound
    return {known[each] for each in public_ids}


def _stays(group: GroupRow, pairs: list[tuple[time | None, time | None]]) -> Stays:
    """Return pairs of local times as stays, without those that are empty; raise `RuleBroken`."""
    found = []
    for came, left in pairs:
        if came is None and left is not None:
            raise RuleBroken("stay-missing")
        if came is not None:
            ended = instant_of(group.day, left, zone()) if left else None
            found.append(Stay(instant_of(group.day, came, zone()), ended))
    return tuple(found)


@bp.route("/sessions/<public_id>/walk-in", methods=["GET", "POST"])
@signed_in
def walk_in(public_id: str) -> Page:
    """Find somebody who was not signed up, and note her as there."""
    group = kept_session(public_id)
    form = MarkForm(came=group.starts)
    if form.validate_on_submit() and _mark(form, group):
        return redirect(url_for("fieldwork.roster", public_id=public_id))
    search = " ".join(request.values.get("q", "").split())[:100]
    rows = _found(search)
    return page("walk_in.html", form, **told(group), search=search, rows=rows, fewest=FEWEST_LETTERS)


def _found(search: str) -> list[StaffRow]:
    """Return whom the reader finds by a part of the name, each once. One query."""
    actor = get_actor()
    if len(search) < FEWEST_LETTERS:
        return []
    staff = list_staff(reading(), policies.walk_in_places(actor), actor.today, search=search, limit=2 * MOST_FOUND)
    once = {row.person_id: row for row in reversed(staff) if row.person_id != actor.person_id}
    return list(once.values())[::-1][:MOST_FOUND]


# One person


@bp.route("/sessions/<public_id>/roster/<person_id>", methods=["GET", "POST"])
@signed_in
def correct(public_id: str, person_id: str) -> Page:
    """Show all that was noted of one person at a session, and correct it."""
    group = kept_session(public_id)
    person, name = _person(group, person_id)
    entries = queries.list_entries(reading(), group.id, person)
    form = _correct_form(group, entries)
    if form.validate_on_submit() and _correct(form, group, person):
        return redirect(url_for("fieldwork.roster", public_id=public_id))
    history = [_history(each, group) for each in reversed(entries)]
    return page("correct.html", form, **told(group), name=name, history=history, is_noted=bool(entries))


def _person(group: GroupRow, public_id: str) -> tuple[int, str]:
    """Return the id and name of somebody on the list; raise `NotFound`. At most two queries."""
    rows = list_sign_ups(reading(), [group.id])
    found = {row.person_public_id: (row.person_id, row.name) for row in rows}
    for each in queries.latest_entries(reading(), group.id).values():
        found[each.person_public_id] = each.person_id, each.name
    if public_id not in found:
        raise NotFound
    return found[public_id]


def _correct_form(group: GroupRow, entries: list[EntryRow]) -> CorrectForm:
    last = entries[-1] if entries else None
    values: dict[str, Any] = {"seen": str(last.number if last else 0)}
    for number, stay in enumerate(last.stays[:3] if last else (), 1):
        values[f"came_{number}"] = stay.began_at.astimezone(zone()).time()
        values[f"until_{number}"] = stay.ended_at.astimezone(zone()).time() if stay.ended_at else None
    earlier = list_sessions(reading(), alike(group), newest_first=True)
    made_up = [row.public_id for row in earlier if last and row.id == last.makes_up_id]
    form = CorrectForm(**values, makes_up=made_up[0] if made_up else "")
    labels = [(row.public_id, f"{row.title}, {format_date(row.day)}") for row in earlier]
    form.makes_up.choices = choices_of([("", _("Nothing: she came to this session")), *labels])
    return form


def _correct(form: CorrectForm, group: GroupRow, person: int) -> bool:
    """Write what the form says, and return whether that was done; else the form says why not."""
    actor, absent = get_actor(), request.form.get("do") == "absent"
    with explained(form):
        pairs = [(form[f"came_{n}"].data, form[f"until_{n}"].data) for n in (1, 2, 3)]
        stays = () if absent else _stays(group, pairs)
        more = {"seen": int(form.seen.data or 0), "reason": form.reason.data or "", "makes_up": form.makes_up.data}
        write(lambda s: service.correct(s, actor, group.public_id, person, stays, **more, at=now()))
        flash(_("Saved. What stood there before is kept."), "success")
        return True
    return False


def _history(entry: EntryRow, group: GroupRow) -> tuple[str, str]:
    """Return what an entry says, and how it came to be."""
    parts = [str(WAY_NAMES[entry.way]), entry.sheet or "", format_instant(entry.recorded_at), entry.reason or ""]
    return words.entry_words(entry, group.starts_at), ", ".join(part for part in parts if part)


# Staff who are to come


@bp.route("/sessions/<public_id>/staff", methods=["GET", "POST"])
@roles("supervisor")
def staff(public_id: str) -> Page:
    """Let a supervisor sign up staff of hers."""
    actor, group = get_actor(), visible_session(public_id)
    known = {row.person_id for row in list_sign_ups(reading(), [group.id])}
    rows = {row.person_public_id: row for row in list_staff(reading(), actor.supervises, actor.today)}
    free = {key: row for key, row in rows.items() if row.person_id not in known | {actor.person_id}}
    form = StaffForm(language=language())
    if form.validate_on_submit() and _sign_up_staff(form, group, rows):
        return redirect(url_for("fieldwork.session", public_id=public_id))
    return page("staff.html", form, **told(group), rows=list(free.values()), ticked=request.form.getlist("person"))


def _sign_up_staff(form: StaffForm, group: GroupRow, rows: dict[str, StaffRow]) -> bool:
    actor, ticked = get_actor(), dict.fromkeys(request.form.getlist("person"))
    if not rows.keys() >= ticked.keys():
        raise NotFound
    if not ticked:
        form.form_errors.append(sentence(RuleBroken("nobody-chosen")))
        return False
    people = [rows[each].person_id for each in ticked]
    asked = {"language": form.language.data, "needs_interpreter": form.needs_interpreter.data}
    with explained(form):
        done = write(lambda s: sign_up(s, actor, group.public_id, people, **asked, at=now()))
        for line in _told(done):
            flash(line, "success")
        return True
    return False


def _told(done: SignedUp) -> Iterator[str]:
    if done.placed:
        yield ngettext("%(num)s person has a place.", "%(num)s people have a place.", len(done.placed))
    if done.waiting:
        told = ngettext(
            "%(num)s person is on the waiting list.", "%(num)s people are on the waiting list.", len(done.waiting)
        )
        yield told


# The code on the wall


@bp.get("/sessions/<public_id>/code")
@signed_in
def code(public_id: str) -> Page:
    """Show the code that people scan to say that they are there."""
    group = kept_session(public_id)
    return page("code.html", ButtonForm(), **told(group), address=_address(group))


def _address(group: GroupRow) -> str:
    """Return the whole address that the code of a session opens."""
    token = here_token(config().secret_key, group.public_id, group.stamp)
    return config().base_url + url_for("fieldwork.here", public_id=group.public_id, token=token)


@bp.get("/sessions/<public_id>/code.svg")
@signed_in
def code_picture(public_id: str) -> Response:
    """Draw the code of a session."""
    return svg_answer(_address(kept_session(public_id)))


@bp.post("/sessions/<public_id>/code/renew")
@signed_in
def renew(public_id: str) -> Response:
    """Make the code anew: one that was photographed takes nobody in any more."""
    actor, form = get_actor(), ButtonForm()
    kept_session(public_id)
    if form.validate_on_submit():
        write(lambda s: renew_code(s, actor, public_id, at=now()))
        flash(_("This is the new code. The old one does not work any more."), "success")
    return redirect(url_for("fieldwork.code", public_id=public_id))
