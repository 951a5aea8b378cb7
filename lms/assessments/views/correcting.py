"""Pages on which a certifier looks at what a correction of questions would do, and proposes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.assessments import messages, queries, rules, service
from lms.assessments.forms import RegradeForm
from lms.assessments.policy import REGRADERS
from lms.assessments.queries import Plan
from lms.assessments.rules import Line
from lms.assessments.rules.proposals import Proposal
from lms.assessments.specs import FILE
from lms.assessments.views.asking import Asked, decided_of, offered_of, proposal_of, read_asked, title_of
from lms.assessments.views.blueprint import bp
from lms.clock import now
from lms.content.library import Text, current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import LANGUAGES
from lms.i18n import gettext as _
from lms.organizations.rules.tables import write_table
from lms.people.queries import names_of
from lms.web.access import get_actor, roles
from lms.web.forms import Explained, form_page

#: How many lines a page shows; the table has all.
SHOWN = 50
Page = str | tuple[str, int] | Response


@dataclass(frozen=True)
class Shown:
    """A plan as a page shows it: the lines where something happens, the names, how many lines each effect has.

    `emptied` attempts stay as they are: nothing worth a point would be left of them.
    """

    lines: Sequence[Any]
    more: int
    names: dict[int, str]
    counts: dict[str, int]
    losing: Sequence[Line] = ()
    taken: dict[str, str] | None = None
    emptied: int = 0


@bp.get("/content/regrades")
@roles(*REGRADERS)
def regrades() -> str:
    """List corrections, and let a certifier begin one."""
    library = current(reading())
    keys = [key for key in library.keys("module") if FILE in library.get("module", key).files]
    return render_template(
        "assessments/regrades.html",
        rows=[(each, title_of(library, each.proposal.module_key)) for each in queries.list_regrades(reading())],
        states=messages.STATES,
        modules=[(key, title_of(library, key)) for key in keys],
        may_propose=get_actor().has("certifier"),
    )


@bp.route("/content/regrades/new", methods=["GET", "POST"])
@roles("certifier")
def new_regrade() -> Page:
    """Show what the decisions in the address would do; sent as a form, it proposes exactly that."""
    form, actor, asked = RegradeForm(), get_actor(), read_asked()
    if form.validate_on_submit():
        with Explained(form, messages.correcting):
            proposal = proposal_of(asked, RegradeForm.taken())
            said = {"reason": form.reason.data or "", "mark": form.mark.data, "client_id": form.client_id.data}
            public_id = write(lambda session: service.propose_regrade(session, actor, proposal, **said, at=now()))
            flash(_("Proposed. A second person must do it."), "success")
            return redirect(url_for("assessments.regrade", public_id=public_id))
    return _new_page(form, asked)


def _new_page(form: RegradeForm, asked: Asked) -> Page:
    plan, refusal = _look(asked)
    if plan is not None:
        form.mark.data, form.mark.raw_data = plan.mark, None
    query = urlencode(asked.query, doseq=True)
    return form_page(
        "assessments/new_regrade.html",
        form,
        key=asked.key,
        title=title_of(asked.library, asked.key),
        asked=asked.single,
        said=asked.decisions,
        decided=decided_of(asked),
        items=[(item.id, _in_english(f"{item.id}: {item.prompt}"[:80])) for item in asked.quiz.questions],
        offered=offered_of(asked),
        versions=asked.version_choices,
        tongues=list(LANGUAGES),
        plan=plan and shown_plan(plan, RegradeForm.taken()),
        refusal=refusal,
        effects=messages.EFFECTS,
        download=f"{url_for('assessments.plan_table')}?{query}",
    )


def _look(asked: Asked) -> tuple[Plan | None, str | None]:
    """Return what would happen, every pass kept, and why it cannot be; neither without a decision."""
    try:
        proposal = proposal_of(asked, {})
        plan = queries.read_plan(reading(), proposal) if proposal.decisions else None
    except RuleBroken as error:
        return None, messages.correcting(error)
    if plan and not any(line.effect != "same" for line in plan.lines):
        return plan, messages.correcting(RuleBroken("nothing_changes"))
    return plan, None


def shown_plan(plan: Plan, taken: dict[str, str]) -> Shown:
    """Return a plan as a page shows it."""
    told = [line for line in plan.lines if line.effect != "same"]
    losing = [line for line in told if line.effect in ("kept", "loses")]
    visible = [Told(each.sat.person_id, each.sat.number, each) for each in told[:SHOWN]]
    names = names_of(reading(), {each.sat.person_id for each in (*told[:SHOWN], *losing)})
    return Shown(visible, len(told) - len(visible), names, rules.counted(plan.lines), losing, taken, plan.emptied)


@dataclass(frozen=True)
class Told:
    """One line of a plan as the table of a page reads it."""

    person_id: int
    number: int
    line: Line

    @property
    def before(self) -> rules.Standing:
        """Return what stands now."""
        return self.line.before

    @property
    def after(self) -> rules.Standing:
        """Return what will stand."""
        return self.line.after

    @property
    def counted_as(self) -> str:
        """Return what becomes of the attempt, as the page counts it."""
        return self.line.effect


@bp.get("/content/regrades/new.csv")
@roles("certifier")
def plan_table() -> Response:
    """Send what would become of every attempt as a table."""
    asked = read_asked()
    return as_file(lambda: proposal_of(asked, {}))


def as_file(find: Callable[[], Proposal]) -> Response:
    """Return what a proposal does as a table, one row an attempt; what cannot be done is missing."""
    try:
        plan = queries.read_plan(reading(), find())
    except RuleBroken as error:
        raise NotFound(error.code) from error
    names = names_of(reading(), {line.sat.person_id for line in plan.lines})
    rows = [_cells(line, names.get(line.sat.person_id, "")) for line in plan.lines]
    return send_table(rows)


def send_table(rows: Sequence[Sequence[object]]) -> Response:
    """Return rows of a correction as a CSV file with its headers."""
    body = write_table([[str(each) for each in messages.HEADERS], *rows])
    headers = {"Content-Disposition": 'attachment; filename="correction.csv"'}
    return current_app.response_class(body, mimetype="text/csv", headers=headers)


def _cells(line: Line, name: str) -> list[object]:
    sat, before, after = line.sat, line.before, line.after
    effect = str(messages.EFFECTS[line.effect])
    standing = [before.points, before.percent, after.points, after.percent]
    return [name, sat.round, sat.number, sat.language, *standing, effect]


def _in_english(text: str) -> Text:
    """Return words of which a page says that they are English: corrections speak of the source."""
    return Text(text, "missing", text)
