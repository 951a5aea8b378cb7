"""What counts that may be shown say: how many answered, the spread, mean, shares and the middle, by any filter."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from lms.surveys.rules.results.counting import ABOVE, ANSWERED, BELOW, EDGES

#: The two answers of the scale that count as a yes.
TOP = ("4", "5")
SCALE = ("1", "2", "3", "4", "5")
STEPS = (BELOW, *map(str, EDGES), ABOVE)


@dataclass(frozen=True)
class Count:
    """One count with the labels of its cells. None stands for several that were put together."""

    question_id: str
    kind: str
    value: str
    language: str | None
    #: The revision of the subject that was answered about.
    version: int | None
    number: int
    total: float = 0.0


@dataclass(frozen=True)
class Slice:
    """A filter: a language and a version, each "" or 0 for all."""

    language: str = ""
    version: int = 0


@dataclass(frozen=True)
class Figures:
    """What is known of one question: how many answered, and {value: how many gave it}."""

    question_id: str
    kind: str
    answered: int
    counts: Mapping[str, int]
    total: float = 0.0

    @property
    def mean(self) -> float | None:
        """Return the mean of a scale or of numbers, None for other types."""
        if self.kind == "likert":
            return sum(int(value) * number for value, number in self.counts.items()) / self.answered
        return self.total / self.answered if self.kind == "number" else None

    @property
    def top_share(self) -> int | None:
        """Return what percentage answered 4 or 5 on the scale, None for other types."""
        return self.share(*TOP) if self.kind == "likert" else None

    @property
    def middle(self) -> str | None:
        """Return the step in which the middle one of the numbers lies, None for other types."""
        if self.kind != "number":
            return None
        running = accumulate(self.counts.get(step, 0) for step in STEPS)
        return next(step for step, reached in zip(STEPS, running, strict=True) if 2 * reached >= self.answered)

    def share(self, *values: str) -> int:
        """Return what percentage of those who answered gave one of `values`, rounded."""
        return round(100 * sum(self.counts.get(value, 0) for value in values) / self.answered)


def narrow(counts: Iterable[Count], wanted: Slice) -> list[Count]:
    """Return the counts of whole cells with these labels; what was put together with others is in none of them."""
    return [each for each in counts if wanted.language in ("", each.language) and wanted.version in (0, each.version)]


def add_up(counts: Iterable[Count]) -> dict[str, Figures]:
    """Return the figures of each question. A question that was asked in two types keeps the one with more answers."""
    numbers: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    totals: defaultdict[tuple[str, str], float] = defaultdict(float)
    for each in counts:
        numbers[each.question_id, each.kind][each.value] += each.number
        totals[each.question_id, each.kind] += each.total
    found: dict[str, Figures] = {}
    for (question_id, kind), values in sorted(numbers.items(), key=lambda item: item[1][ANSWERED]):
        answered = values.pop(ANSWERED)
        found[question_id] = Figures(question_id, kind, answered, dict(values), totals[question_id, kind])
    return found


def languages_of(counts: Iterable[Count]) -> list[str]:
    """Return the languages that have cells of their own."""
    return sorted({each.language for each in counts if each.language})


def versions_of(counts: Iterable[Count]) -> list[int]:
    """Return the versions (revisions of the subject) that have cells of their own."""
    return sorted({each.version for each in counts if each.version})


def compare(counts: Iterable[Count], question_id: str, since: int) -> tuple[Figures | None, Figures | None]:
    """Return the figures of a question before and since a revision; None where nothing may be shown.

    Cells that hold several versions are in neither.
    """
    own = [each for each in counts if each.question_id == question_id and each.version]
    before = add_up(each for each in own if (each.version or 0) < since)
    after = add_up(each for each in own if (each.version or 0) >= since)
    return before.get(question_id), after.get(question_id)
