"""Saving answers while they are given: the same as the button, for a script, in JSON."""

from __future__ import annotations

from typing import Any

from flask import jsonify

from lms.assessments import rules, service
from lms.assessments.forms import QuizForm
from lms.assessments.messages import clock_words, sentence
from lms.assessments.service import Outcome
from lms.assessments.views.blueprint import bp
from lms.assessments.views.sending import sheet_of, show_fair, shown_now
from lms.db import write
from lms.errors import RuleBroken
from lms.i18n import gettext as _
from lms.web.access import get_actor, signed_in
from lms.web.arrival import arrived_at

#: What a refusal answers, by its code; any other is 422.
_STATUS = {"changed_elsewhere": 409, "already_handed_in": 410, "foreign_answer": 422}


@bp.post("/modules/<module_key>/quiz/save")
@signed_in
def autosave(module_key: str) -> Any:
    """Save what was chosen so far; say what stands saved now, or why nothing was."""
    form, actor = QuizForm(), get_actor()
    sheet = sheet_of(module_key, form)
    if not form.validate_on_submit():
        return jsonify(said=_("Not saved. Please load the page again."), stop=True), 422
    show_fair()
    shown, at = shown_now(), arrived_at()
    try:
        outcome = write(lambda session: service.save_answers(session, actor, sheet, shown=shown, at=at))
    except RuleBroken as error:
        return jsonify(said=sentence(error), code=error.code, stop=True), _STATUS[error.code]
    if outcome.is_late:
        said = _("Your time is up. What was saved until then counts.")
        return jsonify(said=said, code="time_up", stop=True), 410
    return jsonify(_saved(outcome))


def _saved(outcome: Outcome) -> dict[str, Any]:
    """Return what stands saved: its digest, when that was in words, and the seconds left."""
    at = arrived_at()
    left = rules.seconds_left(outcome.deadline_at, at)
    return {"said": _("Saved at %(time)s", time=clock_words(at)), "seen": outcome.seen, "left": left}
