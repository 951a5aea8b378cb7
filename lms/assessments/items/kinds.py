"""What every type of question is made of: its words, what it grades to, and the rules that each type brings."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import Field, field_validator

from lms.content.shapes import CompetencyKey, Fault, Key, Path, Reference, Sentence, Spec, Told

#: Where all of this stands.
FILE = "quiz.yml"
#: The fields that hold words and nothing else.
_WORDS = {"prompt", "text", "feedback"}
#: The lists whose order in the file decides nothing, since they are shown in any order.
_UNORDERED = {"options", "left", "right", "gaps"}
#: The answer to one question, of whatever type, as it is stored: a tuple of strings. docs/quizzes.md shows each type's.
Answer = tuple[str, ...]


@dataclass(frozen=True)
class Grade:
    """What one answer earned. `correct` is true only where everything is right."""

    points: int
    correct: bool


class EntrySpec(Spec):
    """One entry of `quiz.yml`: a question, or a case with several."""

    id: Key
    type: str
    prompt: Sentence

    def told_at(self, path: Path) -> Iterator[Told]:
        """Yield what is read while answering, each at "<id>.<suffix>"; `path` is where the entry stands in its file."""
        yield Told(f"{self.id}.prompt", self.prompt, (*path, "prompt"), "the questions of this quiz")


class ItemSpec(EntrySpec):
    """One question. What its right answer is, each type says in its own fields, which no page shows."""

    #: Whether questions of this type may be worth nothing.
    MAY_BE_UNGRADED: ClassVar[bool] = False

    competency: CompetencyKey
    #: Must be right to pass, whatever the percentage.
    critical: bool = False
    points: Annotated[int, Field(ge=0, le=100)] = 1
    #: Why the right answer is right; shown after answering.
    feedback: Sentence

    @field_validator("points")
    @classmethod
    def _worth_something(cls, value: int) -> int:
        if not value and not cls.MAY_BE_UNGRADED:
            raise ValueError("must be at least 1; only a reflection may be worth nothing")
        return value

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the ids that may be chosen, in the order of the file."""
        return ()

    @property
    def rows(self) -> tuple[str, ...]:
        """Return the ids of the parts that are answered one by one, in the order of the file."""
        return ()

    def references_at(self, path: Path) -> Iterator[Reference]:
        """Yield the competencies that it asks about; `path` is where it stands in its file."""
        yield Reference("competency", self.competency, (*path, "competency"))

    def faults_at(self, path: Path) -> Iterator[Fault]:  # noqa: ARG002 -- as every type's
        """Yield what deserves a look although its form is right; `path` is where it stands in its file."""
        yield from ()

    @cached_property
    def scheme(self) -> str:
        """Return all that decides what an answer earns, as JSON: the question without its words.

        What is shown in any order stands sorted by its ids here.
        """
        return json.dumps(_wordless(self.model_dump(mode="json")), sort_keys=True)

    @cached_property
    def sentences(self) -> Mapping[str, str]:
        """Return {suffix: English} of what is read while answering: "prompt", and the ids of choices and rows."""
        return {told.address.removeprefix(f"{self.id}."): told.english for told in self.told_at(())}


def _wordless(data: Any) -> Any:
    """Return the plain data of a question without its words."""
    if isinstance(data, list):
        return [_wordless(each) for each in data]
    if not isinstance(data, dict):
        return data
    kept = {key: _wordless(value) for key, value in data.items() if key not in _WORDS}
    for name in _UNORDERED.intersection(kept):
        kept[name].sort(key=lambda each: each["id"])
    return kept


class OptionSpec(Spec):
    """One answer to choose, or one thing to put in order or beside another."""

    id: Key
    text: Sentence


def refuse_clash(ids: Iterable[str]) -> None:
    """Raise `ValueError` when one of `ids` is the name of another sentence of its question."""
    if clash := {"prompt", "text", "feedback"}.intersection(ids):
        raise ValueError(f"its parts cannot be called {clash.pop()}")


def shared(item: ItemSpec, right: int, parts: int) -> Grade:
    """Return what `right` of so many `parts` earn: their share of the points, rounded down to whole points."""
    return Grade(item.points * right // parts, correct=right == parts)


class ItemRules(Protocol):
    """The functions that the `rules.py` of each type has. `item` is of that type's class."""

    def draw(self, item: Any, chance: random.Random) -> tuple[str, ...]:
        """Return the ids that are shown, choices and rows, in the order shown."""

    def check(self, item: Any, shown: Sequence[str], sent: Sequence[str]) -> Answer:
        """Return what was `sent` in its one stored shape, () when it is left open.

        Raise `RuleBroken("foreign_answer")` for what this question, as `shown`, could not have sent.
        """

    def lacks(self, item: Any, answer: Answer) -> str | None:
        """Return the code of what is still missing before the answer can be handed in, None when nothing is."""

    def grade(self, item: Any, answer: Answer) -> Grade | None:
        """Return what the answer earns; None when an assessor decides."""

    def perfect(self, item: Any, locale: str) -> Answer:
        """Return an answer, given in the language `locale`, that earns every point."""

    def tally(self, item: Any, answer: Answer) -> tuple[str, ...]:
        """Return what the answer counts as where answers are compared: a few fixed words, never what was typed."""


@dataclass(frozen=True)
class ItemType:
    """One type of question: its name in `quiz.yml`, the class of its entries and its rules."""

    name: str
    spec: type[ItemSpec]
    rules: ItemRules
