"""Rubrics: what an assessor looks for, in steps of how well it was done, and what that earns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from lms.assessments.items.kinds import Grade, ItemSpec, refuse_clash
from lms.content.shapes import CompetencyKey, Key, MisplacedError, Path, Reference, Sentence, Spec, Told, refuse_twice
from lms.errors import RuleBroken


class LevelSpec(Spec):
    """How well something was done. Only assessors see it, and what it earns."""

    id: Key
    text: Sentence
    points: Annotated[int, Field(ge=0, le=100)]


class CriterionSpec(Spec):
    """One thing that is watched. `text` tells the worker, before and after, what good work looks like."""

    id: Key
    text: Sentence
    #: From the least to the best: each earns more than the one before.
    levels: Annotated[tuple[LevelSpec, ...], Field(min_length=2, max_length=6)]
    #: The level that counts as right; None: the best.
    needed: Key | None = None
    #: What it shows, where that is not the question's own competency.
    competency: CompetencyKey | None = None

    @field_validator("levels")
    @classmethod
    def _levels_rise(cls, value: tuple[LevelSpec, ...]) -> tuple[LevelSpec, ...]:
        refuse_twice((level.id for level in value), "id")
        for place, (lower, higher) in enumerate(pairwise(value), start=1):
            if lower.points >= higher.points:
                raise MisplacedError("each level must earn more than the one before", (place, "points"))
        return value

    @field_validator("needed")
    @classmethod
    def _needed_is_there(cls, value: str | None, info: ValidationInfo) -> str | None:
        levels = info.data.get("levels")
        if value is not None and levels is not None and value not in {level.id for level in levels}:
            raise ValueError(f"there is no level {value!r}")
        return value

    @property
    def most(self) -> int:
        """Return the points of the best level."""
        return self.levels[-1].points

    def level(self, level_id: str) -> LevelSpec:
        """Return the level of that id; raise `RuleBroken("rubric_unknown")` when there is none."""
        for level in self.levels:
            if level.id == level_id:
                return level
        raise RuleBroken("rubric_unknown")


class RubricSpec(Spec):
    """What an assessor scores: every criterion gets one of its levels."""

    criteria: Annotated[tuple[CriterionSpec, ...], Field(min_length=1, max_length=12)]

    @field_validator("criteria")
    @classmethod
    def _criteria_once(cls, value: tuple[CriterionSpec, ...]) -> tuple[CriterionSpec, ...]:
        refuse_twice((criterion.id for criterion in value), "id")
        refuse_clash(criterion.id for criterion in value)
        return value

    @cached_property
    def most(self) -> int:
        """Return the points of the best work."""
        return sum(criterion.most for criterion in self.criteria)

    def told_at(self, item_id: str, path: Path) -> Iterator[Told]:
        """Yield each criterion at "<item>.<criterion>", and its levels at "<item>.<criterion>.<level>"."""
        for place, criterion in enumerate(self.criteria):
            where = (*path, "criteria", place)
            address = f"{item_id}.{criterion.id}"
            yield Told(address, criterion.text, (*where, "text"), f"the criteria of {item_id}")
            for number, level in enumerate(criterion.levels):
                among = f"the levels of {address}"
                yield Told(f"{address}.{level.id}", level.text, (*where, "levels", number, "text"), among)

    def references_at(self, path: Path) -> Iterator[Reference]:
        """Yield the competencies that criteria name."""
        for place, criterion in enumerate(self.criteria):
            if criterion.competency:
                where = (*path, "criteria", place, "competency")
                yield Reference("competency", criterion.competency, where)


class RubricItemSpec(ItemSpec):
    """A question that an assessor scores by its `rubric`. Its points are those of the best work."""

    rubric: RubricSpec | None

    @field_validator("rubric")
    @classmethod
    def _points_agree(cls, value: RubricSpec | None, info: ValidationInfo) -> RubricSpec | None:
        if value is not None and "points" in info.data and info.data["points"] != value.most:
            raise ValueError(f"the best levels earn {value.most} together; write points: {value.most}")
        return value

    @property
    def rows(self) -> tuple[str, ...]:
        """Return the ids of the criteria."""
        return tuple(criterion.id for criterion in self.rubric.criteria) if self.rubric else ()

    @cached_property
    def sentences(self) -> Mapping[str, str]:
        """Return the prompt and the criteria; their levels are for assessors."""
        criteria = self.rubric.criteria if self.rubric else ()
        return {"prompt": self.prompt, **{criterion.id: criterion.text for criterion in criteria}}

    def told_at(self, path: Path) -> Iterator[Told]:
        """Yield the prompt, the criteria and their levels."""
        yield from super().told_at(path)
        if self.rubric:
            yield from self.rubric.told_at(self.id, (*path, "rubric"))

    def references_at(self, path: Path) -> Iterator[Reference]:
        """Yield the question's competency and those of its criteria."""
        yield from super().references_at(path)
        if self.rubric:
            yield from self.rubric.references_at((*path, "rubric"))


def rubric_of(item: ItemSpec) -> RubricSpec | None:
    """Return the rubric that an assessor scores an answer by, None where none is needed."""
    return item.rubric if isinstance(item, RubricItemSpec) else None


def score(rubric: RubricSpec, given: Mapping[str, str]) -> Grade:
    """Return what the levels `given`, {criterion: level}, earn together.

    Right is a work of which every criterion has its needed level or a better one. Raise
    `RuleBroken("rubric_open")` for a criterion without a level, `RuleBroken("rubric_unknown")` for a criterion or
    level that the rubric does not have.
    """
    known = {criterion.id for criterion in rubric.criteria}
    if not set(given) <= known:
        raise RuleBroken("rubric_unknown")
    if not all(given.get(criterion_id) for criterion_id in known):
        raise RuleBroken("rubric_open")
    earned = [(criterion, criterion.level(given[criterion.id]).points) for criterion in rubric.criteria]
    is_right = all(points >= needed_points(criterion) for criterion, points in earned)
    return Grade(sum(points for _, points in earned), correct=is_right)


def needed_points(criterion: CriterionSpec) -> int:
    """Return the points from which on this criterion counts as right."""
    return criterion.most if criterion.needed is None else criterion.level(criterion.needed).points


def by_competency(rubric: RubricSpec, own: str, given: Mapping[str, str]) -> dict[str, Grade]:
    """Return {competency: what the levels `given` earn in it}; criteria that name none belong to `own`.

    Raises as `score` does.
    """
    score(rubric, given)
    found: dict[str, list[CriterionSpec]] = {}
    for criterion in rubric.criteria:
        found.setdefault(criterion.competency or own, []).append(criterion)
    return {
        competency: score(
            RubricSpec.model_construct(criteria=tuple(criteria)),
            {criterion.id: given[criterion.id] for criterion in criteria},
        )
        for competency, criteria in found.items()
    }
