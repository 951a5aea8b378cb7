"""From released answer sheets to counts: for each question how many answered, and how many gave each answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: The value under which it is counted how many answered a question.
ANSWERED = ""
#: Numbers are counted in steps, each up to and with its edge: what one person gave is in no table.
EDGES = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
BELOW, ABOVE = "below", "above"


@dataclass(frozen=True)
class Tally:
    """How often one answer was given to one question. `total` is the sum of a number's answers, with `ANSWERED`.

    A row of a matrix is a question of its own, "question.row", answered on the scale.
    """

    question_id: str
    kind: str
    value: str
    number: int
    total: float = 0.0


def step_of(value: float) -> str:
    """Return the step that a number is counted in: its upper edge, `BELOW` zero or `ABOVE` the last edge."""
    if value < 0:
        return BELOW
    return next((str(edge) for edge in EDGES if value <= edge), ABOVE)


def count_answers(sheets: Iterable[Mapping[str, Any]], numbers: frozenset[str] = frozenset()) -> list[Tally]:
    """Return the tallies of sheets, {question id: value} each; `numbers` are the questions that ask for a number.

    The shape of a value tells the other types: an option's id, several of them, or rows on the scale of 1 to 5.
    """
    counts: Counter[tuple[str, str, str]] = Counter()
    totals: defaultdict[tuple[str, str], float] = defaultdict(float)
    for answers in sheets:
        for question_id, answer in answers.items():
            for asked, kind, values in _parts(question_id, answer, is_number=question_id in numbers):
                counts[asked, kind, ANSWERED] += 1
                for value in values:
                    counts[asked, kind, value] += 1
                if kind == "number":
                    totals[asked, kind] += answer
    return [
        Tally(*each, count, totals.get(each[:2], 0.0) if each[2] == ANSWERED else 0.0)
        for each, count in sorted(counts.items())
    ]


def _parts(question_id: str, answer: Any, *, is_number: bool) -> Iterator[tuple[str, str, list[str]]]:
    """Yield what one answer counts for: question, kind, and the values that were given."""
    if isinstance(answer, dict):
        for row, value in answer.items():
            yield f"{question_id}.{row}", "likert", [str(value)]
    elif isinstance(answer, list):
        yield question_id, "choices", sorted(set(answer))
    elif isinstance(answer, str):
        yield question_id, "choice", [answer]
    elif is_number:
        yield question_id, "number", [step_of(answer)]
    else:
        yield question_id, "likert", [str(answer)]
