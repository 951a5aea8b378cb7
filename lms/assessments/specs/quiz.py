"""A module's quiz as `quiz.yml` says: its questions, how many of them are asked, and what it takes to pass."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator

from lms.assessments.items import TYPES, ItemSpec
from lms.assessments.items.cases import CaseSpec
from lms.assessments.items.kinds import FILE, EntrySpec
from lms.assessments.specs.parts import FormSpec, LimitsSpec, Percent, PoolSpec, SectionSpec
from lms.content.library import Source
from lms.content.shapes import Key, MisplacedError, Reference, Spec, Told, refuse_twice, told_of

if TYPE_CHECKING:
    AnyEntry = EntrySpec
else:
    #: A question or a case, read as the class that its `type` names.
    AnyEntry = Annotated[reduce(or_, (each.spec for each in TYPES.values()), CaseSpec), Field(discriminator="type")]


class QuizSpec(Spec):
    """`quiz.yml`."""

    #: Percent of the points shown.
    pass_mark: Percent
    items: Annotated[tuple[AnyEntry, ...], Field(min_length=1, max_length=500)]
    #: Questions that the test before the first lesson asks, and every attempt asks again; none: no such test.
    linked: tuple[Key, ...] = ()
    #: How many questions an attempt asks; None for all.
    draw: Annotated[int, Field(ge=1)] | None = None
    #: How many it asks about each competency, in place of `draw`.
    pools: tuple[PoolSpec, ...] = ()
    #: Fixed forms that take turns, in place of `draw`.
    forms: tuple[FormSpec, ...] = ()
    sections: tuple[SectionSpec, ...] = ()
    limits: LimitsSpec = LimitsSpec()
    #: When the right answers are explained.
    feedback: Literal["now", "after-passing", "never"] = "now"

    @classmethod
    def from_source(cls, source: Source) -> Self:
        """Return the quiz of the module `source`; raise `NotFound` when it has none."""
        return cls.read(source.file(FILE))

    @field_validator("items")
    @classmethod
    def _items_once(cls, value: tuple[EntrySpec, ...]) -> tuple[EntrySpec, ...]:
        seen: set[str] = set()
        for (_, *path), entry in placed(value):
            if entry.id in seen:
                raise MisplacedError(f"id used twice: {entry.id}", tuple(path))
            seen.add(entry.id)
        if not any(item.points for item in questions_of(value)):
            raise ValueError("at least one question must be worth a point")
        return value

    @field_validator("linked")
    @classmethod
    def _linked_fit(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        refuse_twice(value, "question")
        _refuse_unknown(value, {item.id for item in questions_of(info.data.get("items", ()))}, ())
        return value

    @field_validator("draw")
    @classmethod
    def _draw_fits(cls, value: int | None, info: ValidationInfo) -> int | None:
        items = info.data.get("items")
        if value is None or items is None:
            return value
        count, fixed = len(questions_of(items)), len(fixed_of(items, info.data.get("linked", ())))
        if value > count:
            raise ValueError(f"cannot draw {value} of {count} questions")
        if value < fixed:
            raise ValueError(f"draw at least the {fixed} critical questions, not {value}")
        return value

    @field_validator("pools")
    @classmethod
    def _pools_fit(cls, value: tuple[PoolSpec, ...], info: ValidationInfo) -> tuple[PoolSpec, ...]:
        refuse_twice((pool.competency for pool in value), "competency")
        if value and info.data.get("draw"):
            raise ValueError("give pools or draw, not both")
        items = info.data.get("items", ())
        fixed = fixed_of(items, info.data.get("linked", ()))
        for place, pool in enumerate(value):
            there = [item.id for item in questions_of(items) if item.competency == pool.competency]
            least = len(fixed.intersection(there))
            if not least <= pool.draw <= len(there):
                message = f"draw {least} to {len(there)} of the questions about {pool.competency}, not {pool.draw}"
                raise MisplacedError(message, (place, "draw"))
        left_out = {item.competency for item in questions_of(items)} - {pool.competency for pool in value}
        if value and left_out:
            raise ValueError(f"no pool has the questions about {min(left_out)}")
        return value

    @field_validator("forms")
    @classmethod
    def _forms_fit(cls, value: tuple[FormSpec, ...], info: ValidationInfo) -> tuple[FormSpec, ...]:
        refuse_twice((form.id for form in value), "id")
        if value and (info.data.get("draw") or info.data.get("pools")):
            raise ValueError("give forms, or draw or pools, not both")
        items = questions_of(info.data.get("items", ()))
        for place, form in enumerate(value):
            refuse_twice(form.items, "question")
            _refuse_unknown(form.items, {item.id for item in items}, (place, "items"))
            needed = {item.id for item in items if item.critical} | set(info.data.get("linked", ()))
            if left_out := needed - set(form.items):
                raise MisplacedError(f"leaves out {min(left_out)}, which every form must ask", (place, "items"))
            if not any(item.points for item in items if item.id in form.items):
                raise MisplacedError("at least one question must be worth a point", (place, "items"))
        return value

    @field_validator("sections")
    @classmethod
    def _sections_fit(cls, value: tuple[SectionSpec, ...], info: ValidationInfo) -> tuple[SectionSpec, ...]:
        refuse_twice((section.id for section in value), "id")
        refuse_twice((each for section in value for each in section.competencies), "competency")
        covered = {each for section in value for each in section.competencies}
        for item in questions_of(info.data.get("items", ())) if value else ():
            if item.competency not in covered:
                raise ValueError(f"{item.id} is about {item.competency}, which no section has")
        return value

    @cached_property
    def questions(self) -> tuple[ItemSpec, ...]:
        """Return every question, those of cases among them, in the order of the file."""
        return questions_of(self.items)

    @cached_property
    def cases(self) -> Mapping[str, CaseSpec]:
        """Return {question id: the case that it belongs to}."""
        return {item.id: case for case in self.items if isinstance(case, CaseSpec) for item in case.items}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Return {question id: its place in the file, from 0}."""
        return {item.id: place for place, item in enumerate(self.questions)}

    @cached_property
    def _by_id(self) -> Mapping[str, ItemSpec]:
        return {item.id: item for item in self.questions}

    @property
    def drawn(self) -> int:
        """Return how many questions one attempt shows, the largest of its forms."""
        if self.forms:
            return max(len(form.items) for form in self.forms)
        return self.draw or sum(pool.draw for pool in self.pools) or len(self.questions)

    def item(self, item_id: str) -> ItemSpec | None:
        """Return the question of that id, or None."""
        return self._by_id.get(item_id)

    def section_of(self, item: ItemSpec) -> SectionSpec | None:
        """Return the section that a question belongs to, None in a quiz without sections."""
        return next((each for each in self.sections if item.competency in each.competencies), None)

    def told(self) -> Iterator[Told]:
        """Yield what each question says, its feedback, and the titles of sections."""
        for path, entry in placed(self.items):
            yield from entry.told_at(path)
            if isinstance(entry, ItemSpec):
                yield from told_of(entry.id, path, entry, "feedback")
        for number, section in enumerate(self.sections):
            yield from told_of(section.id, ("sections", number), section, "title")

    def references(self) -> Iterator[Reference]:
        """Yield the competencies that each question asks about."""
        for path, entry in placed(self.items):
            if isinstance(entry, ItemSpec):
                yield from entry.references_at(path)


def questions_of(entries: Iterable[EntrySpec]) -> tuple[ItemSpec, ...]:
    """Return the questions among `entries`, those of cases in place of the cases."""
    return tuple(entry for _, entry in placed(entries) if isinstance(entry, ItemSpec))


def placed(entries: Iterable[EntrySpec]) -> Iterator[tuple[tuple[str | int, ...], EntrySpec]]:
    """Yield each entry with its path in the file; after a case the questions about it."""
    for number, entry in enumerate(entries):
        yield ("items", number), entry
        for place, item in enumerate(entry.items if isinstance(entry, CaseSpec) else ()):
            yield ("items", number, "items", place), item


def fixed_of(entries: Iterable[EntrySpec], linked: Collection[str]) -> set[str]:
    """Return the ids of the questions that every attempt asks: critical ones, parts of cases, and `linked` ones."""
    entries = tuple(entries)
    parts = {item.id for case in entries if isinstance(case, CaseSpec) for item in case.items}
    return parts | {item.id for item in questions_of(entries) if item.critical} | set(linked)


def _refuse_unknown(ids: Iterable[str], known: Collection[str], path: tuple[str | int, ...]) -> None:
    for place, item_id in enumerate(ids):
        if item_id not in known:
            raise MisplacedError(f"there is no question {item_id!r}", (*path, place))
