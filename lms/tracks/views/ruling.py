"""Standing rules: what each says, said before and would change today; making, comparing and ending one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flask import flash, redirect, render_template, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.fieldwork.queries.people import signers_of
from lms.i18n import gettext as _
from lms.i18n import language
from lms.organizations.queries import Choice, names_of, team_names
from lms.organizations.rules import criteria_of
from lms.people.queries import names_of as person_names
from lms.tracks import messages, policy, queries, service
from lms.tracks.forms import AssignForm, ConfirmForm
from lms.tracks.queries import ChangeRow, RuleRow
from lms.tracks.rules import Due, RulePlan
from lms.tracks.service import Reconciled, Statement
from lms.tracks.views.assigning import Page, again, own_organization, own_staff, preview_page, refuse
from lms.tracks.views.blueprint import bp
from lms.tracks.views.choosing import read_criteria
from lms.tracks.views.picking import read_picking
from lms.tracks.views.routing import list_blocked
from lms.web.access import get_actor, roles
from lms.web.forms import ButtonForm


@bp.get("/team/rules")
@roles("supervisor")
def standing() -> str:
    """List the standing rules of the reader's organizations."""
    rows, library = queries.list_rules(reading(), policy.visible_rules(get_actor())), current(reading())
    lacking = {key for key, languages in queries.unworded(reading(), library).items() if languages} if rows else set()
    teams = team_names(reading(), {each for row in rows for each in row.criteria.get("teams", ())})
    return render_template(
        "tracks/rules.html",
        rows=[(row, *rule_words(row, teams), queries.track_title(library, row.track_key, language())) for row in rows],
        names=names_of(reading(), {row.organization_id for row in rows}),
        lacking=lacking,
    )


@bp.get("/team/rules/<public_id>")
@roles("supervisor")
def rule(public_id: str) -> str:
    """Show one rule, and what comparing it with who works there would change now, by name."""
    row = queries.get_rule(reading(), policy.visible_rules(get_actor()), public_id)
    plan, library = service.plan_reconciling(reading(), public_id, at=now()), current(reading())
    waiting = list_blocked(library, row.track_key, plan.unworded) if plan.unworded else []
    return render_template(
        "tracks/rule.html",
        rule=row,
        title=queries.track_title(library, row.track_key, language()),
        is_offered=library.find("track", row.track_key) is not None,
        is_renewed=service.is_renewed(reading(), row.track_key),
        organization=names_of(reading(), [row.organization_id])[row.organization_id],
        groups=groups_of(replace(plan, unworded=())),
        blocked=waiting,
        changes=bool(plan.asks or plan.back),
        **_said(row),
    )


@bp.post("/team/rules/new")
@roles("supervisor")
def make_rule() -> Page:
    """Make a rule of what the preview showed; a second tap finds it made."""
    form, library = ConfirmForm(), current(reading())
    organization, asked = own_organization(form.organization.data or ""), again(library)
    if form.validate_on_submit():
        try:
            return _made(_make(form, organization, asked))
        except RuleBroken as error:
            refuse(form, error)
    return preview_page(library, form, organization, own_staff(organization, form), asked)


@bp.post("/team/rules/<public_id>/compare")
@roles("supervisor")
def compare(public_id: str) -> Response:
    """Do now what the rule's page shows, without waiting for the night."""
    actor, form = get_actor(), ButtonForm()
    queries.get_rule(reading(), policy.visible_rules(actor), public_id)
    if form.validate_on_submit():
        done = write(lambda session: service.reconcile_rule(session, public_id, at=now(), actor=actor))
        flash(told(done.plan), "success")
    return redirect(url_for("tracks.rule", public_id=public_id))


@bp.post("/team/rules/<public_id>/end")
@roles("supervisor")
def end_rule(public_id: str) -> Response:
    """End a rule; what it asked stays."""
    actor, form = get_actor(), ButtonForm()
    queries.get_rule(reading(), policy.visible_rules(actor), public_id)
    if form.validate_on_submit():
        write(lambda session: service.end_rule(session, actor, public_id, at=now()))
        flash(_("The rule is ended. What it asked stays."), "success")
    return redirect(url_for("tracks.rule", public_id=public_id))


def _said(row: RuleRow) -> dict[str, object]:
    """Return what a rule says, and what it said before until who changed it, in words."""
    history = queries.list_changes(reading(), row.public_id)
    said = [row.criteria, *(each.criteria for each in history)]
    teams = team_names(reading(), {team for criteria in said for team in criteria.get("teams", ())})
    who = signers_of(reading(), {each.changed_by for each in history})
    before = [(each, rule_words(each, teams), who[each.changed_by].name) for each in history]
    return {"words": rule_words(row, teams), "history": before}


def _make(form: ConfirmForm, organization: Choice, asked: AssignForm) -> Reconciled:
    criteria = read_criteria(asked, read_picking())
    if criteria is None:
        raise RuleBroken("changed")
    renewals = form.renewals.data and service.is_renewed(reading(), form.track.data)
    said = Statement(organization.id, form.track.data, criteria, form.standing_due(), renewals)
    expected = {row.person_id for row in own_staff(organization, form, "people")}
    actor, key = get_actor(), form.client_id.data
    return write(lambda session: service.make_rule(session, actor, said, expected=expected, client_id=key, at=now()))


def _made(done: Reconciled) -> Response:
    flash(" ".join([_("The rule stands."), told(done.plan)]), "success")
    return redirect(url_for("tracks.rule", public_id=done.rule_public_id))


def told(plan: RulePlan) -> str:
    """Return what comparing did, in words."""
    num = len(plan.unworded)
    words = [ngettext("%(num)s person was asked.", "%(num)s people were asked.", len(plan.asks)) if plan.asks else ""]
    if plan.back:
        words.append(ngettext("Taken back for %(num)s person.", "Taken back for %(num)s people.", len(plan.back)))
    if plan.unworded:
        wait = ngettext("%(num)s person waits for approved words.", "%(num)s people wait for approved words.", num)
        words.append(wait)
    return " ".join(filter(None, words)) or _("Nobody was newly assigned")


def rule_words(row: RuleRow | ChangeRow, teams: Mapping[str, str]) -> tuple[str, str]:
    """Return whom a rule means and by when, in words."""
    due = Due(row.due_kind, row.due_on, row.due_days, row.due_eased)  # type: ignore[arg-type]  # a known kind
    return messages.criteria_words(criteria_of(row.criteria), teams), messages.due_words(due)


def groups_of(plan: RulePlan) -> list[tuple[str, str, list[str]]]:
    """Return heading, explanation and names of each group of a plan that is not empty. One query."""
    people = {*plan.asks, *plan.back, *plan.kept, *plan.left, *plan.waived, *plan.unworded}
    names = person_names(reading(), people)
    groups: list[tuple[str, str, Iterable[int]]] = [
        (_("Would be asked now"), _("They newly fit."), plan.new),
        (_("Would be asked to renew"), _("What they finished runs out, and they can renew it now."), plan.again),
        (
            _("Wait for approved words"),
            _("They fit. They are asked once the words in their language are approved."),
            plan.unworded,
        ),
        (_("Would not be asked any more"), _("They no longer fit, and have not begun."), plan.back),
        (_("Stay on the track"), _("They no longer fit, but have begun or finished."), plan.kept),
        (_("Have left"), _("What was asked of them stays as it was."), plan.left),
        (
            _("Were taken back by hand"),
            _("They fit, but somebody took it back. The rule does not ask again."),
            plan.waived,
        ),
    ]
    return [(heading, about, [names[each] for each in people]) for heading, about, people in groups if people]
