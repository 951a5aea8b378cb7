"""What a worker reads while somebody looks at her answers, and how her result came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import render_template

from lms.assessments import queries
from lms.assessments.items.rubrics import rubric_of
from lms.assessments.queries import AttemptRow, EntryRow, Objection
from lms.assessments.rules import Grade
from lms.assessments.specs import QuizSpec
from lms.assessments.views.titles import title_of
from lms.clock import local_date
from lms.content.library import Text, Words, current
from lms.db import reading
from lms.i18n import format_date
from lms.i18n import gettext as _


@dataclass(frozen=True)
class Told:
    """How a result came about: who entered it, what an assessor gave and told, by question."""

    entered: str = ""
    #: The entry whose picture she may look at.
    sheet: str | None = None
    #: The entry to which she may object, and what she said of it.
    entry: str | None = None
    said: Objection | None = None
    notes: tuple[str, ...] = ()
    grades: dict[str, Grade] = field(default_factory=dict)
    #: {question: {criterion: level}} that the assessor gave.
    given: dict[str, dict[str, str]] = field(default_factory=dict)
    #: {question: (criterion, level) of each}
    levels: dict[str, list[tuple[Text, Text]]] = field(default_factory=dict)


def waiting_page(module_key: str, attempt: AttemptRow | None, beside: Sequence[EntryRow]) -> str | None:
    """Return the page that says for whom her answers wait, None when nothing does. `attempt` has not passed."""
    entry = None
    if attempt is None or not attempt.is_waiting:
        entry = next((each for each in beside if each.outcome is None), None)
        if entry is None:
            return None
    title = title_of(current(reading()), module_key)
    return render_template(
        "assessments/waiting.html", title=title, module_key=module_key, entry=entry, attempt=attempt, beside=beside
    )


def told_of(quiz: QuizSpec, attempt: AttemptRow, words: Words) -> Told:
    """Return how a graded attempt came about. One query for one that was typed, three for one that was entered."""
    looks = queries.scorings_of(reading(), [attempt.id]).get(attempt.id, [])
    entry = queries.entries_of(reading(), [attempt.id]).get(attempt.id) if attempt.source != "online" else None
    return Told(
        entered=entered_words(entry) if entry else "",
        entry=entry.public_id if entry else None,
        said=queries.find_objection(reading(), entry.id) if entry else None,
        sheet=entry.public_id if entry and entry.sheet_sha256 else None,
        notes=tuple(each.note for each in looks if each.note),
        grades=looks[-1].grades if looks else {},
        given=looks[-1].levels if looks else {},
        levels={item_id: _lines(quiz, item_id, given, words) for item_id, given in looks[-1].levels.items()}
        if looks
        else {},
    )


def entered_words(entry: EntryRow) -> str:
    """Return by whom and when it was entered, in the words of the worker."""
    day, taken = format_date(local_date(entry.entered_at)), format_date(entry.taken_on)
    said = {
        ("paper", True): _(
            "Entered from your paper of %(taken)s by your supervisor, on %(day)s.", taken=taken, day=day
        ),
        ("paper", False): _("Entered from your paper of %(taken)s by a trainer, on %(day)s.", taken=taken, day=day),
        ("oral", True): _("You said it on %(taken)s. Entered by your supervisor, on %(day)s.", taken=taken, day=day),
        ("oral", False): _("You said it on %(taken)s. Entered by a trainer, on %(day)s.", taken=taken, day=day),
    }
    return said[entry.source, entry.organization_id is not None]


def _lines(quiz: QuizSpec, item_id: str, given: dict[str, str], words: Words) -> list[tuple[Text, Text]]:
    """Return each criterion of a question with the level that was given."""
    item = quiz.item(item_id)
    rubric = rubric_of(item) if item else None
    return [
        (
            words.text(f"quiz.yml:{item_id}.{each.id}", each.text),
            words.text(f"quiz.yml:{item_id}.{each.id}.{given[each.id]}", each.level(given[each.id]).text),
        )
        for each in (rubric.criteria if rubric else ())
    ]
