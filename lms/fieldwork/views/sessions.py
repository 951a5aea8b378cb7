"""A worker's pages of sessions: what is coming, one session, and "I am here"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound
from lms.fieldwork.forms.sessions import HereForm, SignUpForm
from lms.fieldwork.policy import sessions as policies
from lms.fieldwork.queries import attendance as attended
from lms.fieldwork.queries import sessions as queries
from lms.fieldwork.queries.sessions import GroupRow, SignUpRow
from lms.fieldwork.rules import attendance as rules
from lms.fieldwork.rules.sessions import can_follow, window_of
from lms.fieldwork.rules.tokens import is_here_token
from lms.fieldwork.service import attendance as attendance_service
from lms.fieldwork.service import sign_ups as service
from lms.fieldwork.views import session_words as words
from lms.fieldwork.views.blueprint import bp, config
from lms.fieldwork.views.shared import explained, page, told, visible_session
from lms.i18n import gettext as _
from lms.i18n import language
from lms.organizations.queries import list_staff
from lms.web.access import get_actor, signed_in
from lms.web.forms import ButtonForm

Page = str | tuple[str, int] | Response


@bp.get("/sessions")
@signed_in
def sessions() -> Page:
    """Show the reader the sessions she goes to, and those to which she could go."""
    actor = get_actor()
    own = queries.upcoming_of(reading(), actor.person_id, actor.today)
    mine = {each.group_session_id for each in own}
    found = queries.list_sessions(reading(), policies.open_sessions(actor) & queries.is_coming(now()))
    return page(
        "sessions.html",
        own=[words.own_card(each) for each in own],
        open=[words.open_card(row) for row in found if row.id not in mine],
        attended=attended.attended_by(reading(), actor.person_id)[:10],
        plans=actor.has("trainer", "supervisor", "administrator"),
    )


@bp.get("/sessions/<public_id>")
@signed_in
def session(public_id: str) -> Page:
    """Show one session, and let the reader sign up or leave."""
    return _page(visible_session(public_id))


@bp.post("/sessions/<public_id>/sign-up")
@signed_in
def sign_up(public_id: str) -> Page:
    """Give the reader a place, or a turn on the waiting list."""
    actor, group, form = get_actor(), visible_session(public_id), SignUpForm()
    if form.validate_on_submit():
        asked = {"language": form.language.data, "needs_interpreter": form.needs_interpreter.data}
        with explained(form):
            done = write(lambda s: service.sign_up(s, actor, public_id, [actor.person_id], **asked, at=now()))
            told_placed, told_waiting = _("You have a place. See you there!"), _("You are on the waiting list.")
            flash(told_placed if done.placed else told_waiting, "success")
            return redirect(url_for("fieldwork.session", public_id=public_id))
    return _page(group, form)


@bp.post("/sessions/<public_id>/leave")
@signed_in
def leave(public_id: str) -> Page:
    """Give up the reader's place; a second tap changes nothing."""
    actor, group, form = get_actor(), visible_session(public_id), ButtonForm()
    if form.validate_on_submit():
        with explained(form):
            write(lambda s: service.leave(s, actor, public_id, [actor.person_id], at=now()))
            flash(_("Your place is free for somebody else now. Thank you for telling us."), "success")
            return redirect(url_for("fieldwork.sessions"))
    return _page(group, form)


@dataclass(frozen=True)
class Mine:
    """How the reader stands to a session."""

    #: "placed", "waiting" or "" for neither.
    state: str
    position: int = 0
    #: Whether she waits for somebody who interprets, not for a free place.
    waits_for_interpreter: bool = False


def _mine(group: GroupRow, rows: list[SignUpRow]) -> Mine:
    own = next((row for row in rows if row.person_id == get_actor().person_id), None)
    if own is None:
        return Mine("")
    if not own.is_waiting:
        return Mine("placed")
    follows = can_follow(own.language, group.language, group.interpreters, needs_interpreter=own.needs_interpreter)
    return Mine("waiting", words.place_in_line(rows, own), not follows)


def _page(group: GroupRow, form: Any = None) -> Page:
    actor = get_actor()
    rows = queries.list_sign_ups(reading(), [group.id])
    about = told(group)
    keeps = policies.can_keep(actor, group.organization_id, about["teacher_ids"])
    mine = _mine(group, rows)
    return page(
        "session.html",
        form,
        **about,
        host=words.host_of(group),
        mine=mine,
        sign_up=form if isinstance(form, SignUpForm) else _fresh(rows),
        is_open=_is_open(group),
        keeps=keeps,
        sees_link=bool(group.link) and (keeps or mine.state == "placed"),
        language_name=words.language_name(group.language),
        interpreters=words.language_names(group.interpreters),
        serves=_serves(group),
        here=_own_attendance(group),
        staff=_staff(group, rows) if actor.has("supervisor") else None,
    )


def _is_open(group: GroupRow) -> bool:
    """Return whether people can still sign up for a session, or leave it."""
    at = now()
    return group.state == "planned" and at < group.starts_at


def _fresh(rows: list[SignUpRow]) -> SignUpForm:
    """Return the form as it opens: with the reader's language, or what she said before."""
    own = next((row for row in rows if row.person_id == get_actor().person_id), None)
    needs = own.needs_interpreter if own else False
    return SignUpForm(formdata=None, language=own.language if own else language(), needs_interpreter=needs)


def _serves(group: GroupRow) -> list[tuple[str, Any, str]]:
    """Return the module and track of a session: its kind, its title and its address."""
    library, found = current(reading()), []
    if group.module_key:
        title = words.content_title(library, "module", group.module_key, language())
        found.append((_("Module"), title, url_for("courses.module", module_key=group.module_key)))
    if group.track_key:
        title = words.content_title(library, "track", group.track_key, language())
        found.append((_("Track"), title, url_for("tracks.show", key=group.track_key)))
    return found


def _own_attendance(group: GroupRow) -> dict[str, str] | None:
    """Return what is noted of the reader at a session, in words. At most two queries."""
    me = get_actor().person_id
    entry = attended.latest_entries(reading(), group.id, me).get(me)
    if entry is None:
        return None
    found = {"stays": words.entry_words(entry, group.starts_at), "why": "", "counts": ""}
    credit = attended.credits_of_session(reading(), group.id).get(me) if group.state == "closed" else None
    if credit is not None:
        total = rules.minutes_of(group.starts_at, group.ends_at)
        found["why"] = words.credit_words(credit, total, group.minimum_share)
        found["counts"] = str(credit.credited_minutes)
    return found


def _staff(group: GroupRow, rows: list[SignUpRow]) -> list[tuple[str, str, str]]:
    """Return of the reader's staff who comes, and who was there: name, state, public id. At most three queries."""
    actor = get_actor()
    staff = {row.person_id: row for row in list_staff(reading(), actor.supervises, actor.today)}
    there = attended.latest_entries(reading(), group.id)
    found = {
        row.person_id: _("on the waiting list") if row.is_waiting else _("has a place")
        for row in rows
        if row.person_id in staff
    }
    for person_id, entry in there.items():
        if person_id in staff and staff[person_id].started_on <= group.day:
            found[person_id] = words.entry_words(entry, group.starts_at)
    return [(staff[each].name, state, staff[each].person_public_id) for each, state in found.items()]


# "I am here"


@bp.route("/sessions/<public_id>/here", methods=["GET", "POST"])
@signed_in
def here(public_id: str) -> Page:
    """Let the reader, who scanned the code on the wall, say that she is there, or that she leaves."""
    form = HereForm(token=request.args.get("token", ""))
    group = _scanned(public_id, form.token.data or "")
    if form.validate_on_submit():
        with explained(form):
            _note(group)
            return redirect(url_for("fieldwork.here", public_id=public_id, token=form.token.data))
    me = get_actor().person_id
    entry = attended.latest_entries(reading(), group.id, me).get(me)
    window = window_of(group.starts_at, group.ends_at, now())
    about = told(group) | {"window": window, "there": bool(entry and rules.is_there(entry.stays))}
    return page("here.html", form, **about, stays=words.entry_words(entry, group.starts_at) if entry else "")


def _scanned(public_id: str, token: str) -> GroupRow:
    """Return the session whose code was scanned; with an older code one that the reader sees anyway. Or `NotFound`."""
    actor = get_actor()
    group = queries.get_session(reading(), queries.any_session(), public_id)
    if is_here_token(config().secret_key, public_id, group.stamp, token):
        return group
    if not queries.count_sessions(reading(), policies.visible_sessions(actor) & queries.is_session(group.id)):
        raise NotFound
    return group


def _note(group: GroupRow) -> None:
    """Note that the reader comes or leaves, and say so."""
    actor, at = get_actor(), now()
    if request.form.get("do") == "leave":
        if write(lambda s: attendance_service.depart(s, actor, group.public_id, at=at)):
            flash(_("Noted: you left at %(time)s. Goodbye!", time=words.local_clock(at)), "success")
        return
    is_new = write(lambda s: attendance_service.arrive(s, actor, group.public_id, stamp=_stamp(group), at=at))
    if is_new:
        flash(_("Welcome! You are on the list since %(time)s.", time=words.local_clock(at)), "success")


def _stamp(group: GroupRow) -> str:
    """Return what the scanned code was made with; nothing when it is not the one in use."""
    token = request.form.get("token", "")
    return group.stamp if is_here_token(config().secret_key, group.public_id, group.stamp, token) else ""
