"""Sentences for what the rules of learning refuse."""

from __future__ import annotations

from flask_babel import gettext as _

from lms.errors import RuleBroken


def sentence(error: RuleBroken) -> str:
    """Return what the reader should know and do; the value `title` names the module that comes first."""
    said: dict[str, str] = {
        "prerequisite": _("Please finish “%(module)s” first. Then this module opens.", module=error.values["title"]),
    }
    return said[error.code]
