"""Pages on which a second person looks at a proposed correction and has it done, or refuses it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lms.assessments import messages, policy, queries, rules, service
from lms.assessments.forms import RefuseForm
from lms.assessments.policy import REGRADERS
from lms.assessments.queries import Correction, RegradeRow
from lms.assessments.rules import proposals as wanted
from lms.assessments.specs import QuizSpec
from lms.assessments.views.asking import decision_words, prompt_of, title_of
from lms.assessments.views.blueprint import bp
from lms.assessments.views.correcting import SHOWN, Shown, as_file, send_table, shown_plan
from lms.clock import now
from lms.content.library import Library, current, published_as, source_of, spec_of
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.i18n import LANGUAGES, ngettext
from lms.i18n import gettext as _
from lms.people.queries import get_account, names_of
from lms.web.access import get_actor, roles
from lms.web.forms import Explained, form_page

Page = str | tuple[str, int] | Response


@bp.get("/content/regrades/<public_id>")
@roles(*REGRADERS)
def regrade(public_id: str) -> Page:
    """Show one correction: what it would do, or what it did."""
    return _page(queries.get_regrade(reading(), public_id), RefuseForm())


@bp.get("/content/regrades/<public_id>/table.csv")
@roles(*REGRADERS)
def regrade_table(public_id: str) -> Response:
    """Send what a correction would do, or did, as a table."""
    found = queries.get_regrade(reading(), public_id)
    if found.state == "applied":
        return _done_table(found)
    return as_file(lambda: found.proposal)


@bp.post("/content/regrades/<public_id>/apply")
@roles(*REGRADERS)
def apply_regrade(public_id: str) -> Page:
    """Do exactly what was proposed."""
    actor = get_actor()
    try:
        count = write(lambda session: service.apply_regrade(session, actor, public_id, at=now()))
        flash(ngettext("%(num)s result was corrected.", "%(num)s results were corrected.", count), "success")
    except RuleBroken as error:
        flash(messages.correcting(error), "warning")
    return redirect(url_for("assessments.regrade", public_id=public_id))


@bp.post("/content/regrades/<public_id>/refuse")
@roles(*REGRADERS)
def refuse_regrade(public_id: str) -> Page:
    """Refuse what was proposed, with the reason."""
    actor, form = get_actor(), RefuseForm()
    if form.validate_on_submit():
        with Explained(form, messages.correcting):
            note = form.note.data or ""
            write(lambda session: service.refuse_regrade(session, actor, public_id, note=note, at=now()))
            flash(_("Saved."), "success")
            return redirect(url_for("assessments.regrade", public_id=public_id))
    return _page(queries.get_regrade(reading(), public_id), form)


def _page(found: RegradeRow, form: RefuseForm) -> Page:
    actor, library, is_open = get_actor(), current(reading()), found.state == "proposed"
    shown, moved = _plan(found)
    return form_page(
        "assessments/regrade.html",
        form,
        found=found,
        title=title_of(library, found.proposal.module_key),
        decided=_decided(library, found),
        scope=_scope(found),
        plan=shown,
        moved=moved,
        may_apply=is_open and not moved and policy.can_apply(actor, found.proposed_by),
        may_refuse=is_open,
        missed=queries.read_missed(reading(), found) if found.state == "applied" else None,
        again=_again(found),
        effects=messages.COUNTED,
        states=messages.STATES,
        tongues=dict(LANGUAGES),
        proposer=_who(found.proposed_by),
        decider=_who(found.decided_by) if found.decided_by else "",
    )


def _who(account_id: int) -> str:
    return get_account(reading(), account_id).name


def _plan(found: RegradeRow) -> tuple[Shown, bool]:
    """Return what happens or happened, and whether it is another thing than what was proposed."""
    if found.state == "applied":
        done = queries.list_corrections(reading(), regrade_id=found.id)
        counts: dict[str, int] = dict.fromkeys((*rules.EFFECTS, "on_grading"), 0)
        for each in done:
            counts[each.counted_as] += 1
        names = names_of(reading(), {each.person_id for each in done[:SHOWN]})
        return Shown(done[:SHOWN], max(0, len(done) - SHOWN), names, counts), False
    try:
        plan = queries.read_plan(reading(), found.proposal)
    except RuleBroken:
        return Shown([], 0, {}, {}), True
    return shown_plan(plan, {}), plan.mark != found.mark


def _again(found: RegradeRow) -> str:
    """Return where the same decisions are looked at anew."""
    proposal = found.proposal
    decisions = [wanted.said_of(each) for each in proposal.decisions]
    key, locale, version = proposal.module_key, proposal.locale, proposal.revision_id
    return url_for("assessments.new_regrade", key=key, d=decisions, locale=locale, version=version)


def _decided(library: Library, found: RegradeRow) -> list[tuple[str, str]]:
    """Return each question with what was decided about it."""
    proposal = found.proposal
    source = source_of(reading(), proposal.revision_id) if proposal.revision_id else None
    source = source or library.find("module", proposal.module_key)
    if source is None:
        return [(each.item_id, messages.decided(each, each.value)) for each in proposal.decisions]
    quiz = spec_of(QuizSpec, source)
    return [(prompt_of(quiz, each.item_id), decision_words(quiz, each)) for each in proposal.decisions]


def _scope(found: RegradeRow) -> str:
    """Return which versions a correction is about, in words."""
    if found.proposal.revision_id is None:
        return _("All versions")
    version = published_as(reading(), found.proposal.revision_id)
    return _("version %(number)s", number=version.number) if version else str(found.proposal.revision_id)


def _done_table(found: RegradeRow) -> Response:
    done = queries.list_corrections(reading(), regrade_id=found.id)
    names = names_of(reading(), {each.person_id for each in done})
    return send_table([_cells(each, names.get(each.person_id, "")) for each in done])


def _cells(each: Correction, name: str) -> list[Any]:
    standing = [each.before.points, each.before.percent, each.after.points, each.after.percent]
    return [name, each.round, each.number, each.language, *standing, str(messages.EFFECTS[each.effect])]
