"""Changing a standing rule: what it says from now on, who gains and who loses by it, and doing exactly that."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import format_date, language
from lms.i18n import gettext as _
from lms.organizations.queries import Choice, list_supervised, team_names
from lms.organizations.rules import criteria_of
from lms.people.queries import names_of
from lms.tracks import messages, policy, queries, service
from lms.tracks.forms import RuleForm
from lms.tracks.queries import RuleRow
from lms.tracks.rules import Due
from lms.tracks.service import Look, Statement
from lms.tracks.views.assigning import Page, last_words, refuse
from lms.tracks.views.blueprint import bp
from lms.tracks.views.choosing import find_ways, fitting, offer_fitting
from lms.tracks.views.ruling import groups_of, rule_words, told
from lms.web.access import get_actor, roles


@bp.route("/team/rules/<public_id>/change", methods=["GET", "POST"])
@roles("supervisor")
def change_rule(public_id: str) -> Page:
    """Say what a rule asks from now on: "look" shows what follows from it, "save" does exactly that."""
    row = queries.get_rule(reading(), policy.visible_rules(get_actor()), public_id)
    if row.ended_at is not None or current(reading()).find("track", row.track_key) is None:
        return redirect(url_for("tracks.rule", public_id=public_id))
    form, do = _form(row), request.form.get("do")
    is_sent = form.validate_on_submit()
    try:
        if is_sent and do == "save":
            return _save(row, form)
        if do != "back" and not form.errors and (is_sent or form.mark.data):
            return _look(row, form)
    except RuleBroken as error:
        refuse(form, error)
        return _refused(row, form, error)
    return _edit(row, form)


def _form(row: RuleRow) -> RuleForm:
    """Return the form as it was sent, or holding what the rule says."""
    criteria = criteria_of(row.criteria)
    day = {"due_on": row.due_on if row.due_kind == "date" else None, "due_days": row.due_days}
    kind = row.due_kind if row.due_kind in {"asked", "employed"} else ""
    said = {name: getattr(criteria, name) for name in ("titles", "teams", "languages", "kinds", "since", "for_days")}
    areas = [str(each) for each in criteria.areas]
    form = RuleForm(**said, **day, areas=areas, due_kind=kind, renewals=row.asks_renewals, version=row.version)
    offer_fitting(form, find_ways(_organization(row)), criteria.titles)
    return form


def _organization(row: RuleRow) -> Choice:
    """Return the organization of a rule; raise `NotFound` when the reader does not answer for it today."""
    actor = get_actor()
    for each in list_supervised(reading(), actor.supervises, actor.today):
        if each.id == row.organization_id:
            return each
    raise NotFound


def _statement(row: RuleRow, form: RuleForm) -> Statement:
    renewals = form.renewals.data if service.is_renewed(reading(), row.track_key) else row.asks_renewals
    return Statement(row.organization_id, row.track_key, fitting(form), form.standing_due(), renewals)


def _save(row: RuleRow, form: RuleForm) -> Response:
    actor, said = get_actor(), _statement(row, form)
    seen = {"version": form.version.data or 0, "mark": form.mark.data, "client_id": form.client_id.data}
    done = write(lambda session: service.change_rule(session, actor, row.public_id, said, **seen, at=now()))
    flash(" ".join([_("The rule is changed."), told(done.plan)]), "success")
    return redirect(url_for("tracks.rule", public_id=row.public_id))


def _refused(row: RuleRow, form: RuleForm, error: RuleBroken) -> Page:
    """Show what follows from it by now, where that alone is why it was refused; else the form."""
    if error.code not in {"changed", "rule-changed"}:
        return _edit(row, form)
    return _look(queries.get_rule(reading(), policy.visible_rules(get_actor()), row.public_id), form)


def _look(row: RuleRow, form: RuleForm) -> Page:
    """Show what the rule says and would say, and who gains and who loses by that."""
    if form.version.data != row.version and not form.form_errors:
        form.form_errors.append(messages.fault_sentence("rule-changed"))
    said = _statement(row, form)
    look = service.plan_change(reading(), get_actor(), row.public_id, said, at=now())
    form.version.data, form.mark.data = row.version, look.plan.mark
    teams = team_names(reading(), {*row.criteria.get("teams", ()), *said.criteria.teams})
    becomes = (messages.criteria_words(said.criteria, teams), messages.due_words(said.due))
    html = render_template(
        "tracks/change_preview.html",
        form=form,
        rule=row,
        was=rule_words(row, teams),
        becomes=becomes,
        groups=groups_of(look.plan),
        changes=bool(look.plan.asks or look.plan.back),
        **_dates(row, said.due, look),
        **_shared(row),
    )
    return html, 400 if form.errors else 200


def _dates(row: RuleRow, due: Due, look: Look) -> dict[str, object]:
    """Return what the preview says of due dates: whose are moved to which day, and what comes later."""
    names = names_of(reading(), look.dates.moved)
    days = {each: look.dates.due_of[each] for each in look.dates.moved}
    return {
        "moved": [(names[each], format_date(day)) for each, day in days.items()],
        "last": last_words(due, queries.track_work(current(reading()), row.track_key).days),
    }


def _edit(row: RuleRow, form: RuleForm) -> Page:
    form.mark.data = ""
    html = render_template("tracks/change_rule.html", form=form, rule=row, **_shared(row))
    return html, 400 if form.errors else 200


def _shared(row: RuleRow) -> dict[str, object]:
    return {
        "title": queries.track_title(current(reading()), row.track_key, language()),
        "is_renewed": service.is_renewed(reading(), row.track_key),
        "organization": _organization(row).name,
    }
