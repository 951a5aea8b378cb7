"""The result of an attempt and the earlier ones of a round, told as far as the quiz's policy allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.assessments import queries, rules
from lms.assessments.items.rubrics import by_competency, rubric_of
from lms.assessments.queries import AttemptRow, EntryRow, Saved
from lms.assessments.specs import QuizSpec
from lms.assessments.views.blueprint import bp
from lms.assessments.views.showing import graded_of
from lms.assessments.views.timing import again_of
from lms.assessments.views.titles import competency_title
from lms.assessments.views.told import Told as HowTold
from lms.assessments.views.told import told_of
from lms.content.library import Text, Words, current, marks, published_as, source_of, spec_of
from lms.db import reading
from lms.errors import NotFound
from lms.i18n import language
from lms.web.access import get_actor, signed_in
from lms.web.rounds import round_of


@bp.get("/modules/<module_key>/quiz/attempts")
@signed_in
def attempts(module_key: str) -> str:
    """List what the reader has handed in of this round."""
    library = current(reading())
    source = library.get("module", module_key)
    title = library.words("module", module_key, language()).text("module.yml:title", source.file("module.yml")["title"])
    place = get_actor().person_id, module_key, round_of(module_key)
    found, beside = queries.list_earlier(reading(), *place), queries.list_beside(reading(), *place)
    return render_template(
        "assessments/attempts.html", attempts=found, beside=beside, module_key=module_key, title=title
    )


@bp.get("/modules/<module_key>/quiz/attempts/<public_id>")
@signed_in
def attempt(module_key: str, public_id: str) -> str | Response:
    """Show one of the reader's own attempts again, in the version in which she took it.

    One that an assessor has still to look at leads to where that is said: feedback would tell what she looks for.
    """
    person_id = get_actor().person_id
    found = [each for each in queries.list_named(reading(), person_id, public_id) if each.module_key == module_key]
    if not found or found[0].submitted_at is None:
        raise NotFound("no such attempt of hers")
    if found[0].is_waiting:
        return redirect(url_for("assessments.quiz", module_key=module_key))
    others = queries.list_earlier(reading(), person_id, module_key, found[0].round)
    return result_page(found[0], is_review=True, has_passed=any(each.passed for each in others))


def result_page(
    row: AttemptRow,
    note: str | None = None,
    *,
    is_review: bool = False,
    has_passed: bool = False,
    beside: Sequence[EntryRow] = (),
) -> str:
    """Return the page of an attempt that was handed in; `has_passed` says whether another one of the round passed.

    `beside` is what was entered for her and no attempt shows; after a pass the list of attempts tells it.
    """
    source = source_of(reading(), row.revision_id)
    quiz = spec_of(QuizSpec, source)
    words = queries.words_for(reading(), row, language())
    title = words.text("module.yml:title", source.file("module.yml")["title"])
    answers = queries.saved_answers(reading(), row.id)
    told = rules.told_after(quiz.feedback, has_passed=has_passed or bool(row.passed))
    corrections = queries.list_corrections(reading(), attempt_ids=[row.id])
    decisions = {each.item_id: each for made in corrections for each in made.decisions}
    amendments = queries.resolved(reading(), quiz, decisions.values())
    how = told_of(quiz, row, words)
    graded = graded_of(quiz, row.form, words, answers, how.grades, amendments) if told == "all" else []
    return render_template(
        "assessments/result.html",
        attempt=row,
        note=note,
        is_review=is_review,
        told=told,
        how=how,
        beside=beside,
        again=None if is_review else again_of(row),
        gain=queries.find_gain(reading(), get_actor().person_id, row) if quiz.linked else None,
        graded=graded,
        right=sum(each.state == "right" for each in graded),
        asked=sum(each.state not in ("dropped", "kept") for each in graded),
        topics=_topics(quiz, row, answers) if told == "topics" else [],
        pass_mark=quiz.pass_mark,
        module_key=row.module_key,
        title=title,
        reached=_reached(quiz, how.given) if told == "all" else {},
        sections=_sections(quiz, row, answers, how, amendments, words) if quiz.sections else [],
        version=published_as(reading(), row.revision_id),
        corrections=queries.list_told(corrections),
        marks=marks([state for each in graded for state in each.states]),
    )


def _reached(quiz: QuizSpec, given: Mapping[str, Mapping[str, str]]) -> dict[str, list[tuple[Text, bool]]]:
    """Return, for each question that an assessor scored, its competencies with whether each was reached."""
    library = current(reading())
    found = {}
    for item_id, levels in given.items():
        item = quiz.item(item_id)
        rubric = rubric_of(item) if item else None
        if item and rubric:
            grades = by_competency(rubric, item.competency, levels)
            found[item_id] = [(competency_title(library, key), grade.correct) for key, grade in grades.items()]
    return found


@dataclass(frozen=True)
class Section:
    """What one part of the quiz came to: its title, its percent and what it needs."""

    title: Text
    percent: int
    pass_mark: int
    passed: bool


def _sections(
    quiz: QuizSpec,
    row: AttemptRow,
    answers: Mapping[str, Saved],
    how: HowTold,
    amendments: Mapping[str, rules.Amendment],
    words: Words,
) -> list[Section]:
    """Return the parts of the quiz of which something was asked."""
    chosen = {item_id: saved.chosen for item_id, saved in answers.items()}
    results = {each.section_id: each for each in rules.grade(quiz, row.form, chosen, how.grades, amendments).sections}
    return [
        Section(
            words.text(f"quiz.yml:{each.id}.title", each.title),
            results[each.id].percent,
            each.pass_mark,
            results[each.id].passed,
        )
        for each in quiz.sections
        if each.id in results
    ]


def _topics(quiz: QuizSpec, row: AttemptRow, answers: dict[str, Saved]) -> list[Text]:
    """Return the titles of what to read again, in the reader's language."""
    library = current(reading())
    grades = {key: grade for key, each in answers.items() if (grade := _grade(quiz, key, each)) is not None}
    return [competency_title(library, each) for each in rules.to_read_again(quiz, row.form, grades)]


def _grade(quiz: QuizSpec, item_id: str, saved: Saved) -> rules.Grade | None:
    item = quiz.item(item_id)
    if item is None or saved.correct is None:
        return None
    return rules.Grade(item.points if saved.correct else 0, correct=saved.correct)
