"""The readings of questions: in an attempt only those of its own wording, and only for who was asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import url_for
from werkzeug.wrappers import Response

from lms.assessments import queries
from lms.assessments.forms import ANSWER
from lms.assessments.queries import AttemptRow
from lms.assessments.specs import FILE, QuizSpec, question_parts
from lms.assessments.views.blueprint import bp
from lms.assessments.views.fair import own_fair
from lms.assessments.views.showing import Asked, Told
from lms.content.library import Source, Words, source_of, spec_of
from lms.db import reading
from lms.errors import NotFound
from lms.listening.queries import heard_at, media_type_of
from lms.listening.rules import Heard
from lms.web.access import get_actor, signed_in
from lms.web.showing import Question
from lms.web.sounds import send_sound


@bp.get("/modules/<module_key>/quiz/<attempt>/sound/<entry_id>/<sha256>")
@signed_in
def question_sound(module_key: str, attempt: str, entry_id: str, sha256: str) -> Response:
    """Send the reading of a question, or of the story above it, to whoever was asked it."""
    found = queries.list_named(reading(), get_actor().person_id, attempt)
    if not found or found[0].module_key != module_key or entry_id not in _asked_in(found[0]):
        raise NotFound("not asked in this attempt")
    return send_sound(sha256, media_type_of(reading(), module_key, f"{FILE}:{entry_id}", sha256))


def _asked_in(attempt: AttemptRow) -> Collection[str]:
    """Return the ids of the questions that an attempt asks, and of their stories."""
    ids = {entry.item_id for entry in attempt.form}
    cases = spec_of(QuizSpec, source_of(reading(), attempt.revision_id)).cases
    return ids | {cases[each].id for each in ids & cases.keys()}


def with_readings(attempt: AttemptRow, source: Source, words: Words, asked: Sequence[Asked]) -> list[Asked]:
    """Return the questions of an attempt with the readings of exactly their words. One query."""
    places = {f"{FILE}:{each}" for each in _asked_in(attempt)}
    parts = {at: each for at, each in question_parts(spec_of(QuizSpec, source)).items() if at in places}
    heard = heard_at(reading(), source, words, parts, exact=True)
    return [_with_its(attempt, each, heard) for each in asked] if heard else list(asked)


def wants_readings(asked: Sequence[Asked]) -> bool:
    """Return whether readings stand first for this reader: by her account, or by what makes quizzes fair for her."""
    is_heard = any(each.question.heard or (each.case and each.case.heard) for each in asked)
    return is_heard and (get_actor().listens or own_fair().audio)


def _with_its(attempt: AttemptRow, asked: Asked, heard: Mapping[str, Heard]) -> Asked:
    """Return one question, and the story above it, with their readings."""

    def found(entry_id: str) -> tuple[Heard | None, str]:
        of = heard.get(f"{FILE}:{entry_id}")
        named: dict[str, Any] = {"module_key": attempt.module_key, "attempt": attempt.public_id, "entry_id": entry_id}
        return of, url_for("assessments.question_sound", **named, sha256=of.sha256) if of else ""

    of, href = found(asked.question.name.removeprefix(ANSWER))
    question: Question = replace(asked.question, heard=of, heard_href=href)
    case: Told | None = asked.case
    if case is not None:
        of, href = found(case.address.removesuffix(".prompt"))
        case = replace(case, heard=of, heard_href=href)
    return replace(asked, question=question, case=case)
