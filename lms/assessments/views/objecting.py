"""A worker says that a result which was entered for her is not right, and reads the answer; where that is given."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.assessments import policy, queries, service
from lms.assessments.forms import AnswerForm, ObjectionForm
from lms.assessments.messages import SOURCE_NAMES, assessing_sentence
from lms.assessments.queries import EntryRow
from lms.assessments.views.blueprint import bp
from lms.assessments.views.settling import questions_of
from lms.assessments.views.titles import names_of, title_of
from lms.assessments.views.told import entered_words
from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound
from lms.i18n import gettext as _
from lms.web.access import get_actor, roles, signed_in
from lms.web.forms import Explained, form_page

Page = str | tuple[str, int] | Response


@bp.route("/quiz-entries/<public_id>", methods=["GET", "POST"])
@signed_in
def objection(public_id: str) -> Page:
    """Let the reader say that what was entered for her is not right, and show what she is answered."""
    actor, form = get_actor(), ObjectionForm()
    row = queries.get_entry(reading(), policy.own_results(actor), public_id)
    if form.validate_on_submit():
        with Explained(form, assessing_sentence):
            words, key = form.words.data, form.client_id.data
            write(lambda s: service.object_to_entry(s, actor, public_id, words, client_id=key, at=now()))
            flash(_("Thank you. Somebody who had no part in it looks at it, and answers you here."), "success")
            return redirect(url_for("assessments.objection", public_id=public_id))
    return form_page("assessments/objection.html", form, **_shown(row), entered=entered_words(row))


@bp.route("/assess/entries/<public_id>/objection", methods=["GET", "POST"])
@roles("trainer", "certifier")
def answer_objection(public_id: str) -> Page:
    """Show what a worker says of an entry; somebody who had no part in it answers."""
    actor, form = get_actor(), AnswerForm()
    row = queries.get_entry(reading(), policy.answerable(actor), public_id)
    if form.validate_on_submit():
        with Explained(form, assessing_sentence):
            outcome, words = request.form.get("do", ""), form.answer.data
            write(lambda s: service.answer_objection(s, actor, public_id, outcome, words, at=now()))
            flash(_("Answered. She reads it on the page of her result."), "success")
            return redirect(url_for("assessments.queue"))
    names = names_of((row.entered_by, row.settled_by))
    more = {"names": names, "sources": SOURCE_NAMES, "questions": questions_of(row)}
    return form_page("assessments/answer_objection.html", form, **_shown(row), **more)


def _shown(row: EntryRow) -> dict[str, Any]:
    """Return an entry with what was said of it."""
    said = queries.find_objection(reading(), row.id)
    if said is None and row.outcome == "rejected":
        raise NotFound("what was rejected counts nowhere")
    return {"row": row, "said": said, "title": title_of(current(reading()), row.module_key)}
