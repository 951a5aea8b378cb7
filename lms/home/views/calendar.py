"""A person's calendar: the feed that her phone reads, and the page on which she makes, renews and withdraws it."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from lms.clock import local_date, now
from lms.config import Config
from lms.content.library import Library, current
from lms.db import reading, write
from lms.errors import NotFound
from lms.fieldwork.queries import Upcoming, upcoming_of
from lms.fieldwork.queries.calendars import FeedRow, find_feed, find_own_feed
from lms.fieldwork.queries.sessions import calendar_of
from lms.fieldwork.rules.ics import Entry, calendar_text
from lms.fieldwork.rules.tokens import feed_of_token, feed_token
from lms.fieldwork.service import calendars as service
from lms.home.views.blueprint import bp
from lms.i18n import force_locale, language
from lms.i18n import gettext as _
from lms.people.queries import get_account
from lms.tracks.queries import AssignmentRow, due, module_title, own_assignments, track_title
from lms.web.access import find_actor, get_actor, public, signed_in
from lms.web.forms import Form

#: How long a session that is over stays in the calendar.
KEPT = timedelta(days=90)


@bp.context_processor
def _sessions_to_come() -> dict[str, Any]:
    """Let a page of this feature show the reader's next session; asked only where it is shown."""
    return {"next_session": next_session}


def next_session() -> Upcoming | None:
    """Return the next session of the reader, or None. One query."""
    actor = find_actor()
    found = upcoming_of(reading(), actor.person_id, actor.today) if actor else []
    at = now()
    return next((each for each in found if each.ends_at > at), None)


def _config() -> Config:
    found: Config = current_app.config["LMS"]
    return found


@bp.get("/calendar")
@signed_in
def calendar() -> str:
    """Show the reader the address of her calendar, and how to use it."""
    feed = find_own_feed(reading(), get_actor().person_id)
    address = f"{_config().base_url}{_path(feed)}" if feed else ""
    return render_template("home/calendar.html", address=address, webcal=_webcal(address))


@bp.post("/calendar")
@signed_in
def change_calendar() -> Redirect:
    """Make, renew or withdraw the address of the reader's calendar."""
    actor, acts = get_actor(), {"open": service.open_feed, "renew": service.renew_feed, "end": service.withdraw_feed}
    act = acts.get(request.form.get("do", ""))
    if act is not None and Form().validate_on_submit():
        write(lambda session: act(session, actor, at=now()))
        flash(_("Saved."), "success")
    return redirect(url_for("home.calendar"))


def _path(feed: FeedRow) -> str:
    return url_for("home.feed", token=feed_token(_config().secret_key, feed.public_id))


def _webcal(address: str) -> str:
    """Return the address in the form that phones open with their calendar."""
    return f"webcal://{address.partition('://')[2]}" if address else ""


@bp.get("/calendar/<token>.ics")
@public
def feed(token: str) -> Response:
    """Send the calendar of whoever holds this secret address: her sessions, and when her tracks are due."""
    public_id = feed_of_token(_config().secret_key, token)
    found = find_feed(reading(), public_id) if public_id else None
    account = get_account(reading(), found.account_id) if found else None
    if found is None or account is None or account.disabled_at is not None:
        raise NotFound
    today = local_date(now())
    with force_locale(account.language):
        body = calendar_text(_("Community health training"), language(), _entries(found, today))
    headers = {"Content-Disposition": 'inline; filename="training.ics"'}
    return current_app.response_class(body, mimetype="text/calendar", headers=headers)


def _entries(found: FeedRow, today: date) -> list[Entry]:
    """Return what stands in a calendar: sessions, and by when tracks and modules are due, also anew. Six queries."""
    sessions = calendar_of(reading(), found.person_id, today - KEPT)
    library, asked = current(reading()), own_assignments(reading(), found.person_id, today)
    dues = [each for each in asked if each.due_on is not None and each.state != "done"]
    dated = {(each.track_key, each.cycle, each.due_on) for each in dues}
    again = [each for each in due.list_due(reading(), found.person_id, today) if each not in dated]
    modules = due.list_repeated(reading(), found.person_id, today)
    return [
        *(_session(each) for each in sessions),
        *(_due(found, library, each) for each in dues),
        *(_again(found, library, "track", each) for each in again if library.find("track", each[0])),
        *(_again(found, library, "module", each) for each in modules if library.find("module", each[0])),
    ]


def _session(each: Upcoming) -> Entry:
    """Return a session as an entry of the calendar."""
    status = "CANCELLED" if each.state == "cancelled" else "TENTATIVE" if each.is_waiting else "CONFIRMED"
    note = _("You are on the waiting list.") if each.is_waiting else ""
    address = _config().base_url + url_for("fieldwork.session", public_id=each.public_id)
    return Entry(
        uid=f"session-{each.public_id}@{_host()}",
        summary=each.title,
        begins=each.starts_at,
        ends=each.ends_at,
        changed_at=each.changed_at,
        sequence=each.revision,
        location=each.place or each.link,
        description="\n".join(line for line in (note, each.link, address) if line),
        url=address,
        status=status,
    )


def _due(found: FeedRow, library: Library, each: AssignmentRow) -> Entry:
    """Return a due date as an entry of the calendar. Its name tells no inner id, and stays while the date moves."""
    name = f"{found.public_id} {each.organization_id} {each.track_key} {each.cycle}"
    title = track_title(library, each.track_key, language()).text
    return _date(
        name, _("Finish %(track)s", track=title), each.due_on or each.assigned_on, "tracks.show", each.track_key
    )


def _again(found: FeedRow, library: Library, kind: str, each: tuple[str, int, date]) -> Entry:
    """Return the date by which a new version asks for a track or module again, as an entry of the calendar."""
    key, number, day = each
    is_track = kind == "track"
    title = (track_title if is_track else module_title)(library, key, language()).text
    endpoint = "tracks.show" if is_track else "courses.module"
    name = f"{found.public_id} again {kind} {key} {number}"
    return _date(name, _("Do it again: %(title)s", title=title), day, endpoint, key)


def _date(name: str, summary: str, day: date, endpoint: str, key: str) -> Entry:
    """Return a date as an entry of the calendar; `name` makes its id, and what it is about its address."""
    values: dict[str, Any] = {"key": key} if endpoint == "tracks.show" else {"module_key": key}
    return Entry(
        uid=f"due-{hashlib.sha256(name.encode()).hexdigest()[:24]}@{_host()}",
        summary=summary,
        begins=day,
        url=_config().base_url + url_for(endpoint, **values),
    )


def _host() -> str:
    return urlsplit(_config().base_url).hostname or "localhost"
