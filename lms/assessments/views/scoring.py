"""The page on which an assessor scores what waits in one attempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.assessments import policy, queries, rules, service
from lms.assessments.forms import ScoreForm, levels_sent
from lms.assessments.forms.assessing import LEVEL
from lms.assessments.items.rubrics import RubricSpec, rubric_of
from lms.assessments.messages import SOURCE_NAMES, assessing_sentence
from lms.assessments.queries import AttemptRow
from lms.assessments.service import Scored
from lms.assessments.specs import QuizSpec
from lms.assessments.views.blueprint import bp
from lms.assessments.views.noting import flash_notes
from lms.assessments.views.showing import question_of
from lms.assessments.views.titles import title_of
from lms.clock import now
from lms.content.library import Text, Words, current, marks, source_of, spec_of
from lms.db import reading, write
from lms.i18n import gettext as _
from lms.i18n import language
from lms.people.queries.identity import known_as
from lms.web.access import get_actor, roles
from lms.web.forms import Explained, form_page
from lms.web.showing import Option, Question, beneath, wants_both

Page = str | tuple[str, int] | Response


@dataclass(frozen=True)
class Criterion:
    """One criterion on the page: the name of its field, its words, its levels and what was chosen."""

    name: str
    label: Text
    label_en: str | None
    levels: tuple[Option, ...]
    chosen: str
    is_open: bool


@dataclass(frozen=True)
class Work:
    """One question that waits: as the worker saw it, what she answered, and what an assessor looks for."""

    question: Question
    criteria: tuple[Criterion, ...]
    states: tuple[str, ...] = field(default=())


@bp.route("/assess/<public_id>", methods=["GET", "POST"])
@roles("trainer", "certifier")
def score(public_id: str) -> Page:
    """Score every question that waits; the last score that is needed grades the attempt."""
    actor, form, levels = get_actor(), ScoreForm(), levels_sent()
    if form.validate_on_submit():
        with Explained(form, assessing_sentence):
            return _send(actor, public_id, form, levels)
    return _page(actor, public_id, form, levels)


def _send(actor: Actor, public_id: str, form: ScoreForm, levels: Mapping[str, Mapping[str, str]]) -> Response:
    """Keep the scores, and say what came of them."""
    scored = Scored(
        levels=levels,
        language=form.language.data,
        interpreter=form.interpreter.data,
        has_consent=form.has_consent.data,
        note=form.note.data or "",
        wants_second=form.wants_second.data,
        seen=int(form.seen.data),
    )
    key = form.client_id.data
    following = write(lambda s: service.score_attempt(s, actor, public_id, scored, client_id=key, at=now()))
    said = {
        None: _("Scored. She sees her result now."),
        "second": _("Your scores are kept. A second assessor looks now."),
        "certifier": _("You and the first assessor differ. A certifier decides."),
    }
    flash(said[following], "success")
    if following is None:
        flash_notes(queries.get_own_outcome(reading(), public_id).id)
    return redirect(url_for("assessments.queue"))


def _page(actor: Actor, public_id: str, form: ScoreForm, levels: Mapping[str, Mapping[str, str]]) -> Page:
    attempt = queries.get_attempt(reading(), policy.assessable(actor), public_id)
    looks = queries.scorings_of(reading(), [attempt.id]).get(attempt.id, [])
    if not form.is_submitted():
        form.seen.data = str(len(looks))
        form.language.data = rules.own_language(attempt.shown_language)
    works = _works(attempt, levels, is_sent=form.is_submitted() and bool(form.errors))
    return form_page(
        "assessments/score.html",
        form,
        attempt=attempt,
        name=known_as(reading(), [attempt.person_id])[attempt.person_id][1],
        works=works,
        first_open=next((each for work in works for each in work.criteria if each.is_open), None),
        looks=len(looks),
        title=title_of(current(reading()), attempt.module_key),
        source=SOURCE_NAMES[attempt.source],
        marks=marks([state for work in works for state in work.states]),
    )


def _works(attempt: AttemptRow, levels: Mapping[str, Mapping[str, str]], *, is_sent: bool) -> list[Work]:
    """Return the questions that wait, in the order asked, in the language of the assessor."""
    quiz = spec_of(QuizSpec, source_of(reading(), attempt.revision_id))
    words = queries.words_for(reading(), attempt, language())
    saved = queries.saved_answers(reading(), attempt.id)
    chosen = {item_id: answer.chosen for item_id, answer in saved.items() if answer.chosen}
    waiting = rules.grade(quiz, attempt.form, chosen).waiting
    found = []
    for entry in attempt.form:
        item = quiz.item(entry.item_id)
        rubric = rubric_of(item) if item and item.id in waiting else None
        if item is not None and rubric is not None:
            question = question_of(item, entry.option_ids, words, chosen.get(item.id, ()))
            criteria = _criteria(item.id, rubric, words, levels.get(item.id, {}), is_sent=is_sent)
            states = tuple(each.label.state for each in criteria)
            found.append(Work(question, criteria, (question.wording, *states)))
    return found


def _criteria(
    item_id: str, rubric: RubricSpec, words: Words, given: Mapping[str, str], *, is_sent: bool
) -> tuple[Criterion, ...]:
    def said(address: str, english: str) -> dict[str, Any]:
        text = words.text(f"quiz.yml:{item_id}.{address}", english)
        return {"label": text, "label_en": beneath(text, both=wants_both() or not text.is_approved)}

    return tuple(
        Criterion(
            name=f"{LEVEL}{item_id}.{each.id}",
            levels=tuple(Option(level.id, **said(f"{each.id}.{level.id}", level.text)) for level in each.levels),
            chosen=given.get(each.id, ""),
            is_open=is_sent and not given.get(each.id),
            **said(each.id, each.text),
        )
        for each in rubric.criteria
    )
