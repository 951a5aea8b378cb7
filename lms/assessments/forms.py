"""The shape of what a quiz page sends: which attempt or version it answers, and one field a question."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import BadRequest
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp

from lms.assessments.rules.proposals import LONGEST_REASON
from lms.i18n import lazy_gettext as _l
from lms.web.forms import Form, OnceForm

ANSWER = "a-"
_OWN_FIELDS = {"csrf_token", "client_id", "attempt", "seen", "revision", "action", "_language"}


class AnswersForm(Form):
    """The answers to questions of a quiz."""

    @staticmethod
    def chosen() -> dict[str, tuple[str, ...]]:
        """Return {item id: what was sent}; refuse the request when it holds a field of another name.

        A question answered as a whole sends the field `a-<item>`; one answered part by part `a-<item>.<row>`, which
        becomes "<row>=<value>", and nothing where a part is left open.
        """
        found: dict[str, tuple[str, ...]] = {}
        for name, values in request.form.lists():
            if name.startswith(ANSWER):
                item_id, is_part, row = name.removeprefix(ANSWER).partition(".")
                sent = [f"{row}={value}" for value in values if value] if is_part else values
                found[item_id] = (*found.get(item_id, ()), *sent)
            elif name not in _OWN_FIELDS or len(values) > 1:
                raise BadRequest
        return found


class QuizForm(AnswersForm, OnceForm):
    """The answers of one attempt. `seen` is the digest of the answers that the page was made with."""

    attempt = HiddenField(validators=[Length(min=20, max=20)])
    seen = HiddenField(validators=[Regexp("^[0-9a-f]{64}$")])


class PretestForm(AnswersForm):
    """The answers of the test before a module. `revision` names the questions that the page was made with."""

    revision = HiddenField(validators=[Regexp("^[0-9]{1,12}$")])


TAKE, WHY = "take-", "why-"


class RegradeForm(OnceForm):
    """A correction that was looked at: why, and whose pass is taken away. `mark` names the plan that was shown."""

    mark = HiddenField(validators=[Regexp("^[0-9a-f]{32}$")])
    reason = TextAreaField(
        _l("Why results change"),
        description=_l("Workers read this beside their result."),
        validators=[InputRequired(_l("Please give a reason.")), Length(max=LONGEST_REASON)],
    )

    @staticmethod
    def taken() -> dict[str, str]:
        """Return {public id of an attempt: reason} of the passes that are taken away."""
        ticked = [name.removeprefix(TAKE) for name in request.form if name.startswith(TAKE)]
        return {each: request.form.get(WHY + each, "").strip()[:LONGEST_REASON] for each in ticked}


class RefuseForm(Form):
    """Why a correction is not done."""

    note = TextAreaField(
        _l("Why not"), validators=[InputRequired(_l("Please give a reason.")), Length(max=LONGEST_REASON)]
    )
