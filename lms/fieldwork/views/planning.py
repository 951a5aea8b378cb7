"""Planning sessions: the list of one's own, a new one, changing and cancelling one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import ngettext
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import current
from lms.courses.specs import ModuleSpec
from lms.db import reading, write
from lms.errors import NotFound
from lms.fieldwork.forms.sessions import PlanForm, ReasonForm
from lms.fieldwork.policy import sessions as policies
from lms.fieldwork.queries import cohorts
from lms.fieldwork.queries import sessions as queries
from lms.fieldwork.queries.sessions import GroupRow
from lms.fieldwork.rules.sessions import SessionPlan
from lms.fieldwork.service import sessions as service
from lms.fieldwork.views import choosing
from lms.fieldwork.views import session_words as words
from lms.fieldwork.views.blueprint import bp
from lms.fieldwork.views.shared import explained, kept_session, page, told
from lms.i18n import gettext as _
from lms.organizations.queries import PAGE_SIZE
from lms.web.access import get_actor, roles, signed_in
from lms.web.forms import page_of

Page = str | tuple[str, int] | Response


@bp.get("/sessions/plan")
@signed_in
def plans() -> Page:
    """List the sessions whose list the reader keeps: those to come, then those to close, then the rest."""
    actor, kept, past = get_actor(), _kept(), queries.is_past(now())
    number, pages = page_of(queries.count_sessions(reading(), kept & past), PAGE_SIZE)
    place = {"limit": PAGE_SIZE, "offset": (number - 1) * PAGE_SIZE}
    later = queries.list_sessions(reading(), kept & past, newest_first=True, **place)
    return page(
        "plans.html",
        coming=[words.kept_card(row) for row in queries.list_sessions(reading(), kept & ~past, limit=200)],
        past=[words.kept_card(row) for row in later],
        number=number,
        pages=pages,
        cohorts=cohorts.list_cohorts(reading(), policies.kept_cohorts(actor)),
        may_plan=actor.has("trainer", "supervisor"),
    )


def _kept() -> ColumnElement[bool]:
    """Return the criterion of the sessions that the reader keeps; raise `NotFound` for who plans and keeps none."""
    actor = get_actor()
    kept = policies.kept_sessions(actor)
    if not actor.has("trainer", "supervisor", "administrator") and not queries.count_sessions(reading(), kept):
        raise NotFound
    return kept


@bp.route("/sessions/plan/new", methods=["GET", "POST"])
@roles("trainer", "supervisor")
def plan() -> Page:
    """Plan a session, perhaps one like another that is named in the address."""
    actor, form = get_actor(), _plan_form(None)
    teachers = _teachers(form, {0: actor.person_id}, None)
    if teachers is not None:
        wanted, key = _wanted(form), form.client_id.data
        with explained(form):
            made = write(lambda s: service.plan_session(s, actor, wanted, teachers, client_id=key, at=now()))
            flash(_("The session is planned. People can sign up now."), "success")
            return redirect(url_for("fieldwork.session", public_id=made))
    return page("plan.html", form, group=None)


@bp.route("/sessions/<public_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(public_id: str) -> Page:
    """Change a session; those who come are told when it is at another time or place."""
    actor, group = get_actor(), kept_session(public_id)
    known = dict(enumerate(queries.teachers_of(reading(), [group.id]).get(group.id, {})))
    form = _plan_form(group)
    teachers = _teachers(form, known, group)
    if teachers is not None:
        wanted, seen = _wanted(form, group), int(form.seen.data or 0)
        with explained(form):
            write(lambda s: service.change_session(s, actor, public_id, wanted, teachers, seen=seen, at=now()))
            flash(_("Saved."), "success")
            return redirect(url_for("fieldwork.session", public_id=public_id))
    return page("plan.html", form, group=group)


@bp.route("/sessions/<public_id>/cancel", methods=["GET", "POST"])
@signed_in
def cancel(public_id: str) -> Page:
    """Cancel a session, after a look at who is told."""
    actor, group, form = get_actor(), kept_session(public_id), ReasonForm()
    if form.validate_on_submit():
        with explained(form):
            gone = write(lambda s: service.cancel_session(s, actor, public_id, reason=form.reason.data, at=now()))
            flash(_told_cancelled(len(gone)), "success")
            return redirect(url_for("fieldwork.session", public_id=public_id))
    rows = queries.list_sign_ups(reading(), [group.id])
    return page("cancel.html", form, **told(group), names=[row.name for row in rows])


def _told_cancelled(count: int) -> str:
    return str(ngettext("Cancelled. %(num)s person is told.", "Cancelled. %(num)s people are told.", count))


def _plan_form(group: GroupRow | None) -> PlanForm:
    """Return the form with its choices, holding what was sent, else what is planned, else what the address names."""
    like = group or _model()
    values = _values(like) if like else {}
    if group is None and like:
        values |= {"day": None, "seen": "0", "teachers": ["0"]}
    if group is None and (named := request.args.get("cohort")):
        values["cohort"] = named
    form = PlanForm(**values)
    choosing.fill(form, group)
    return form


def _model() -> GroupRow | None:
    """Return the session that the address names as the model of a new one."""
    like = request.args.get("like")
    return kept_session(like) if like else None


def _values(group: GroupRow) -> dict[str, Any]:
    """Return what the fields of the form say of a session. At most three queries."""
    host = choosing.public_id_of(group.organization_id)
    count = len(queries.teachers_of(reading(), [group.id]).get(group.id, {}))
    own = "title is_open day starts ends place link language interpreters capacity minimum_share finishes_lessons"
    return {
        **{name: getattr(group, name) for name in own.split()},
        "seen": str(group.revision),
        "cohort": group.cohort_public_id or "",
        "organization": host,
        "module": group.module_key or "",
        "track": group.track_key or "",
        "competencies": group.competencies,
        "teachers": [str(number) for number in range(count)],
    }


def _wanted(form: PlanForm, group: GroupRow | None = None) -> SessionPlan:
    """Return what the form says; of a session that is there already, host and cohort stay."""
    module_key = form.module.data or None
    return SessionPlan(
        title=" ".join(form.title.data.split()),
        day=form.day.data,
        starts=form.starts.data,
        ends=form.ends.data,
        language=form.language.data,
        capacity=form.capacity.data,
        place=" ".join((form.place.data or "").split()),
        link=(form.link.data or "").strip(),
        organization_id=_host(form, group),
        is_open=form.is_open.data,
        cohort_id=group.cohort_id if group else _cohort_id(form.cohort.data),
        module_key=module_key,
        track_key=form.track.data or None,
        competencies=tuple(form.competencies.data or _of_module(module_key)),
        interpreters=tuple(form.interpreters.data or ()),
        minimum_share=form.minimum_share.data,
        finishes_lessons=form.finishes_lessons.data,
    )


def _teachers(form: PlanForm, known: dict[int, int], group: GroupRow | None) -> set[int] | None:
    """Return who is to teach when the form was sent and all of it can be read, else None."""
    return choosing.teachers(form, known, _host(form, group)) if form.validate_on_submit() else None


def _host(form: PlanForm, group: GroupRow | None) -> int | None:
    """Return the id of who hosts a session, None for the whole consortium; raise `NotFound` for one not offered."""
    return group.organization_id if group else choosing.id_of(form.organization.data)


def _cohort_id(public_id: str) -> int | None:
    return cohorts.get_cohort(reading(), public_id).id if public_id else None


def _of_module(module_key: str | None) -> tuple[str, ...]:
    """Return the competencies that a module gives minutes for."""
    library = current(reading())
    if module_key is None or library.find("module", module_key) is None:
        return ()
    return tuple(each.competency for each in library.spec(ModuleSpec, "module", module_key).credits)
