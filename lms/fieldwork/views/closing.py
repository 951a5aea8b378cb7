"""Closing a session: who gets what, looked at once more; and opening it again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lms.actor import Span
from lms.clock import now
from lms.db import reading, write
from lms.fieldwork.forms.sessions import CloseForm, ReasonForm
from lms.fieldwork.policy import sessions as policies
from lms.fieldwork.queries import attendance as queries
from lms.fieldwork.queries import sessions
from lms.fieldwork.queries.attendance import AttendedRow, CreditRow
from lms.fieldwork.queries.sessions import GroupRow
from lms.fieldwork.rules import attendance as rules
from lms.fieldwork.rules.attendance import CreditLine
from lms.fieldwork.service import closing as service
from lms.fieldwork.views import session_words as words
from lms.fieldwork.views.ahead import told_ahead
from lms.fieldwork.views.blueprint import bp
from lms.fieldwork.views.shared import explained, kept_session, page, told
from lms.i18n import format_hours
from lms.i18n import gettext as _
from lms.organizations.queries import list_staff, spans_of
from lms.people.queries import names_of
from lms.web.access import get_actor, roles, signed_in

Page = str | tuple[str, int] | Response
#: How many of the newest lines of attendance the page of a supervisor looks at.
MOST_LINES = 500


@bp.route("/sessions/<public_id>/close", methods=["GET", "POST"])
@signed_in
def close(public_id: str) -> Page:
    """Show what closing a session gives to whom; then do exactly that."""
    actor, group, form = get_actor(), kept_session(public_id), CloseForm()
    if form.validate_on_submit():
        with explained(form):
            write(lambda s: service.close_session(s, actor, public_id, fingerprint=form.fingerprint.data, at=now()))
            flash(_("The session is closed. Its minutes count now."), "success")
            return redirect(url_for("fieldwork.close", public_id=public_id))
    if group.state == "closed":
        return _closed(group, ReasonForm(formdata=None))
    return _preview(group, form)


@bp.post("/sessions/<public_id>/reopen")
@roles("trainer", "administrator")
def reopen(public_id: str) -> Page:
    """Open a closed session again."""
    actor, group, form = get_actor(), kept_session(public_id), ReasonForm()
    if form.validate_on_submit():
        with explained(form):
            write(lambda s: service.reopen_session(s, actor, public_id, reason=form.reason.data, at=now()))
            flash(_("The session is open again. Its minutes count once it is closed anew."), "success")
            return redirect(url_for("fieldwork.roster", public_id=public_id))
    return _closed(group, form)


@dataclass(frozen=True)
class Line:
    """What one person gets."""

    name: str
    present: str
    counts: str
    why: str
    is_full: bool


def _preview(group: GroupRow, form: CloseForm) -> Page:
    closing = service.preview_closing(reading(), group.id, at=now())
    form.fingerprint.data = closing.fingerprint
    here = {each.person_id for each in closing.lines}
    placed = [row for row in sessions.list_sign_ups(reading(), [group.id]) if not row.is_waiting]
    absent = [row.name for row in placed if row.person_id not in here]
    more: dict[str, object] = {"lines": _lines(group, closing.lines), "elsewhere": _lines(group, closing.elsewhere)}
    more |= {"absent": absent, "is_over": now() >= group.ends_at, "open_stays": _open_stays(group)}
    return page("close.html", form, **told(group), **more, **told_ahead(closing.crediting))


def _open_stays(group: GroupRow) -> int:
    """Return how many people are there without an end: they count until the end of the session."""
    entries = queries.latest_entries(reading(), group.id).values()
    return sum(rules.is_there(each.stays) for each in entries)


def _closed(group: GroupRow, form: ReasonForm) -> Page:
    lines = _lines(group, queries.credits_of_session(reading(), group.id).values())
    return page("closed.html", form, **told(group), lines=lines, may_reopen=policies.can_reopen(get_actor()))


def _lines(group: GroupRow, found: Iterable[CreditLine | CreditRow]) -> list[Line]:
    """Return what people get, by name. One query."""
    rows = list(found)
    names = names_of(reading(), {row.person_id for row in rows})
    total = rules.minutes_of(group.starts_at, group.ends_at)
    lines = [
        Line(
            names[row.person_id],
            format_hours(row.present_minutes),
            format_hours(row.credited_minutes),
            words.credit_words(row, total, group.minimum_share),
            row.is_full,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: line.name.casefold())


@bp.get("/sessions/attendance")
@roles("supervisor")
def attendance() -> Page:
    """Show a supervisor which closed sessions her staff came to, while they worked for her organization."""
    actor = get_actor()
    staff = {row.person_id for row in list_staff(reading(), actor.supervises, actor.today)}
    spans = spans_of(reading(), staff)
    rows = queries.list_attended(reading(), queries.came(staff), limit=MOST_LINES)
    seen = [row for row in rows if _worked(row, spans.get(row.person_id, ()), actor.supervises)]
    return page("attendance.html", rows=seen)


def _worked(row: AttendedRow, spans: Iterable[Span], organization_ids: Collection[int]) -> bool:
    return any(span.organization_id in organization_ids and span.covers(row.day) for span in spans)
