"""Pages of what answers tell of quizzes: all quizzes, one of them, and its table as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request

from lms.actor import Actor
from lms.assessments import policy, queries
from lms.assessments.queries.analysis import QuizRow, Today
from lms.assessments.views.analysis import words
from lms.assessments.views.analysis.choosing import Looked, came_with, look, words_beside
from lms.assessments.views.analysis.files import table_of
from lms.assessments.views.analysis.gains import gain_lines
from lms.assessments.views.analysis.lines import QuestionLine, question_lines
from lms.assessments.views.blueprint import bp
from lms.content.library import Library, Text, current
from lms.db import reading
from lms.i18n import TAGS, language
from lms.organizations.rules.tables import write_table
from lms.web.access import get_actor, roles
from lms.web.forms import page_href, page_of

QUESTIONS_ON_A_PAGE = 30


@dataclass(frozen=True)
class QuizLine:
    """One quiz in one language on the list: its figures today, None for too few, and how many questions differ."""

    module_key: str
    title: Text
    locale: str
    row: QuizRow | None
    differing: int


@bp.get("/content/quizzes")
@roles(*policy.READERS)
def quiz_list() -> str:
    """List the quizzes with their figures in each language."""
    lines = _lines(get_actor(), current(reading()))
    return render_template("assessments/analysis/list.html", lines=lines, words=words)


@bp.get("/content/quizzes/<module_key>")
@roles(*policy.READERS)
def quiz_figures(module_key: str) -> str:
    """Show what answers tell of one quiz, in one version and language."""
    session, actor = reading(), get_actor()
    looked = look(session, actor, module_key)
    opened = request.args.get("question") if policy.sees_keys(actor) else None
    lines = question_lines(looked.source, words_beside(session, looked), looked.shown(), opened)
    version = came_with(session, looked)
    gains = gain_lines(looked.today.library, module_key, looked.locale)
    shown = {"version": version, "gains": gains, "title": _title(looked.today), "words": words, **_part(looked, lines)}
    return render_template("assessments/analysis/show.html", looked=looked, sees_keys=policy.sees_keys(actor), **shown)


def _part(looked: Looked, lines: Sequence[QuestionLine]) -> dict[str, Any]:
    """Return one page of questions, those of all pages that differ or are opened, and the way to the other pages."""
    page, pages = page_of(len(lines), QUESTIONS_ON_A_PAGE)
    start = (page - 1) * QUESTIONS_ON_A_PAGE
    kept = {"language": looked.locale, "version": None if looked.is_today else looked.version}
    return {
        "lines": lines[start : start + QUESTIONS_ON_A_PAGE],
        "differing": [line for line in lines if line.row and line.row.differs],
        "opened": next((line for line in lines if line.options), None),
        "kept": {**kept, "page": page if page > 1 else None},
        "pages": (page, pages, page_href("assessments.quiz_figures", module_key=looked.source.key, **kept)),
    }


@bp.get("/content/quizzes/<module_key>/questions.csv")
@roles(*policy.READERS)
def quiz_table(module_key: str) -> Response:
    """Send the figures of every question, in each language that the reader sees, as a file."""
    looked = look(reading(), get_actor(), module_key)
    response = Response(write_table(list(table_of(looked))), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{module_key}-questions.csv"'
    return response


def _lines(actor: Actor, library: Library) -> list[QuizLine]:
    """Return a line for each quiz and language that has figures, and one for each quiz that has none."""
    rows, flagged = queries.analysis.list_quiz_rows(reading()), queries.analysis.list_flagged(reading())
    known = {(row.module_key, row.version, row.locale): row for row in rows}
    found: list[QuizLine] = []
    for today in _quizzes(library):
        key = today.source.key
        differing = [
            each.locale
            for each in flagged
            if each.module_key == key and today.has(each.item_id, each.version, each.locale, each.wording)
        ]
        seen = [tag for tag in TAGS if policy.sees_language(actor, tag)]
        own = [tag for tag in seen if (key, today.asked.version, tag) in known or tag in differing]
        found += [
            QuizLine(key, _title(today), tag, known.get((key, today.asked.version, tag)), differing.count(tag))
            for tag in own or seen[:1]
        ]
    return found


def _quizzes(library: Library) -> Iterator[Today]:
    for key in library.keys("module"):
        if (today := queries.analysis.find_today(library, key)) is not None:
            yield today


def _title(today: Today) -> Text:
    own = today.library.words("module", today.source.key, language())
    return own.text("module.yml:title", today.source.file("module.yml")["title"])
