"""Shapes of what the pages of joining send."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import Length

from lms.web.forms import Form, OnceForm


class JoinForm(OnceForm):
    """The last press: join exactly as the plan of this mark said."""

    mark = HiddenField(validators=[Length(min=32, max=32)])


class UndoForm(Form):
    """A single button: take two records apart again."""
