"""The page on which somebody who knows the language decides about a reported wording."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.assessments.specs import QuizSpec
from lms.clock import now
from lms.content.library import Words, current, source_of, spec_of, words_of
from lms.db import reading, write
from lms.errors import NotAllowed
from lms.i18n import gettext as _
from lms.translating import messages, policy, queries, rules, service
from lms.translating.forms import DecideForm
from lms.translating.queries import Passage, ReportRow
from lms.translating.views.blueprint import TONGUES, bp, title_of
from lms.web.access import get_actor, roles
from lms.web.forms import Explained, form_page

Page = str | tuple[str, int] | Response


@bp.route("/content/reports/<public_id>", methods=["GET", "POST"])
@roles("translator", "certifier", "trainer", "analyst", "administrator")
def reported(public_id: str) -> Page:
    """Show a report with both wordings; who knows the language decides."""
    actor, form = get_actor(), DecideForm()
    found = queries.get_report(reading(), actor, public_id)
    may_decide = policy.can_decide(actor, found.locale, found.person_id)
    if form.is_submitted() and not may_decide:
        raise NotAllowed
    if form.validate_on_submit():
        with Explained(form, messages.sentence):
            state, said = form.state.data, form.answer.data or ""
            write(lambda s: service.decide_report(s, actor, public_id, state=state, answer=said, at=now()))
            flash(_("Saved."), "success")
            return redirect(url_for("translating.reported", public_id=public_id))
    return _report_page(actor, found, form if may_decide and found.state == "new" else None)


def _report_page(actor: Actor, found: ReportRow, form: DecideForm | None) -> Page:
    return form_page(
        "translating/reported.html",
        form,
        found=found,
        passage=_passage(found),
        title=title_of(current(reading()), found.kind, found.key),
        tongue=TONGUES[found.locale],
        faults=messages.FAULTS,
        states=messages.STAFF_STATES,
        given_back=messages.given_back(found.restored),
        regrade=_regrade_href(actor, found),
    )


def _passage(found: ReportRow) -> Passage:
    """Return the exact words that were reported."""
    source = source_of(reading(), found.revision_id)
    words = words_of(reading(), found.locale_revision_id, found.locale) if found.locale != "en" else Words("en")
    return queries.passage_of(source, words, found.address)


def _regrade_href(actor: Actor, found: ReportRow) -> str | None:
    """Return where a certifier corrects the results of a question with a confirmed report; None where there is none."""
    if found.state != "confirmed" or not actor.has("certifier") or not found.address.startswith("quiz.yml:"):
        return None
    quiz = spec_of(QuizSpec, source_of(reading(), found.revision_id))
    item_ids = rules.questions_of(quiz, found.address)
    asked = {"key": found.key, "item": item_ids[0], "locale": found.locale, "version": str(found.revision_id)}
    return f"{url_for('assessments.new_regrade')}?{urlencode(asked)}"
