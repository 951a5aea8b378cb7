"""Sentences of learning: what the rules refuse, and the words and the address of what comes next in a module."""

from __future__ import annotations

from flask import url_for

from lms.assessments.messages import wait_words
from lms.courses.rules import NextStep
from lms.errors import RuleBroken
from lms.i18n import format_hours
from lms.i18n import gettext as _

_ENDPOINTS = {"quiz": "assessments.quiz", "survey": "surveys.module_survey"}


def sentence(error: RuleBroken) -> str:
    """Return what the reader should know and do; the value `title` names the module that comes first."""
    said: dict[str, str] = {
        "prerequisite": _("Please finish “%(module)s” first. Then this module opens.", module=error.values["title"]),
    }
    return said[error.code]


def step_title(step: NextStep) -> str:
    """Return the title of a quiz or a survey; a lesson has its own, and "done" has none."""
    titles: dict[str, str] = {"quiz": _("Quiz"), "survey": _("Tell us what you think")}
    return titles.get(step.kind, "")


def step_words(step: NextStep, *, is_begun: bool) -> tuple[str, str]:
    """Return the note under a step, and the words of its button; `is_begun` tells of the module."""
    if step.kind == "lesson":
        note = _(
            "Lesson %(number)s of %(total)s, about %(time)s",
            number=step.position,
            total=step.total,
            time=format_hours(step.minutes),
        )
        return note, _("Go on") if is_begun else _("Begin")
    if step.kind == "quiz":
        return _quiz_words(step)
    if step.kind == "survey":
        return _("A few short questions. Nobody sees your name."), _("Begin")
    return "", _("Go on")


def _quiz_words(step: NextStep) -> tuple[str, str]:
    if step.quiz == "used":
        return _("No more tries are left for this quiz. Please talk to your trainer, who can give you one."), _(
            "See your result"
        )
    if step.quiz == "waiting":
        return _("A trainer will look at your answers."), _("See where it stands")
    if step.again_from is not None:
        return wait_words(step.again_from), _("See your result")
    labels = {"open": _("Go on with the quiz"), "failed": _("Try the quiz again")}
    return _("About %(time)s", time=format_hours(max(step.minutes, 1))), labels.get(step.quiz, _("To the quiz"))


def step_address(module_key: str, step: NextStep) -> str:
    """Return where a step is done; after the last one, the module's page."""
    if step.kind == "lesson":
        return url_for("courses.lesson", module_key=module_key, lesson_key=step.lesson_key)
    return url_for(_ENDPOINTS.get(step.kind, "courses.module"), module_key=module_key)
