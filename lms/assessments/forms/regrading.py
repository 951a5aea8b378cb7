"""The shapes of what somebody sends who corrects a quiz."""

from __future__ import annotations

from flask import request
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp

from lms.assessments.rules.proposals import LONGEST_REASON
from lms.i18n import lazy_gettext as _l
from lms.web.forms import Form, OnceForm

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
