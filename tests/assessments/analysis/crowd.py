"""Many first attempts at once, as rows: one person takes a quiz round after round, each time with a draw of her own."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from lms.assessments import rules
from lms.assessments.models import Attempt, AttemptAnswer
from lms.assessments.specs import QuizSpec
from lms.content.library import Library
from lms.db import chunks, reading, write
from lms.ids import new_public_id
from tests.conftest import AT

#: What somebody answers: her number and the question's id to what she chooses.
Choose = Callable[[int, str], tuple[str, ...]]


@dataclass
class Crowd:
    """Writes attempts of one person at one quiz; each call goes on with the next rounds."""

    person_id: int
    module_key: str = "alpha"
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    rounds: int = 0

    def hand_in(
        self,
        library: Library,
        count: int,
        choose: Choose,
        *,
        locale: str = "en",
        shown: Mapping[str, str] | None = None,
        number: int = 1,
        at: datetime = AT,
        minutes: int = 10,
        submitted: bool = True,
        entered_by: int | None = None,
    ) -> None:
        """Write `count` attempts in the words that are published; `shown` says how single questions were read."""
        source = library.get("module", self.module_key)
        quiz = library.spec(QuizSpec, "module", self.module_key)
        words = library.words("module", self.module_key, locale)
        attempts, answers = [], []
        for turn in range(count):
            self.rounds += 1
            form = rules.draw_form(quiz, self.chance)
            chosen = {entry.item_id: choose(turn, entry.item_id) for entry in form}
            result = rules.grade(quiz, form, {item_id: each for item_id, each in chosen.items() if each})
            attempts.append(
                {
                    "public_id": new_public_id(),
                    "person_id": self.person_id,
                    "module_key": self.module_key,
                    "round": self.rounds,
                    "number": number,
                    "revision_id": source.revision_id,
                    "locale_revision_id": words.revision_id,
                    "shown_language": locale,
                    "form": [{"item": entry.item_id, "options": list(entry.option_ids)} for entry in form],
                    "started_at": at + timedelta(seconds=self.rounds) - timedelta(minutes=minutes),
                    "submitted_at": at + timedelta(seconds=self.rounds) if submitted else None,
                    "points": result.points if submitted else None,
                    "max_points": result.max_points if submitted else None,
                    "percent": result.percent if submitted else None,
                    "passed": result.passed if submitted else None,
                    "graded_at": at if submitted else None,
                    "source": "paper" if entered_by else "online",
                    "entered_by": entered_by,
                }
            )
            answers.append(
                [
                    {
                        "item_id": item_id,
                        "chosen": list(each),
                        "answered_at": at,
                        "shown_language": (shown or {}).get(item_id, locale),
                        "points": result.grades[item_id].points if submitted else None,
                        "correct": result.grades[item_id].correct if submitted else None,
                    }
                    for item_id, each in chosen.items()
                    if each
                ]
            )
        write(lambda session: _insert(session, attempts, answers))
        reading().rollback()


def _insert(session: Any, attempts: list[dict[str, Any]], answers: list[list[dict[str, Any]]]) -> None:
    rows = []
    for part, given in zip(chunks(attempts, 2000), chunks(answers, 2000), strict=True):
        ids = session.scalars(insert(Attempt).returning(Attempt.id, sort_by_parameter_order=True), list(part)).all()
        rows += [{"attempt_id": id_, **each} for id_, own in zip(ids, given, strict=True) for each in own]
    for part in chunks(rows, 20_000):
        session.execute(insert(AttemptAnswer), list(part))
