"""A framework of competencies as its file says: competencies, sub-skills, levels and crosswalks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, field_validator

from lms.content.library import Source
from lms.content.shapes import Key, Minutes, Reference, Sentence, Spec, Title, Told, file_of, refuse_twice, told_of


class SubSkillSpec(Spec):
    """A part of a competency."""

    id: Key
    title: Title


class CompetencySpec(Spec):
    """A skill of the field. Others name it "<framework>/<id>"."""

    id: Key
    title: Title
    summary: Sentence
    #: Minutes of credited training after which it counts as attained.
    minutes: Minutes = 1
    sub_skills: tuple[SubSkillSpec, ...] = ()

    @field_validator("sub_skills")
    @classmethod
    def _skills_once(cls, value: tuple[SubSkillSpec, ...]) -> tuple[SubSkillSpec, ...]:
        refuse_twice((skill.id for skill in value), "id")
        clash = {"title", "summary"} & {skill.id for skill in value}
        if clash:
            raise ValueError(f"a sub-skill cannot be called {clash.pop()}")
        return value


class LevelSpec(Spec):
    """A step of the career, in the order of the file."""

    id: Key
    title: Title


class MapSpec(Spec):
    """One line of a crosswalk: our competency, and the other framework's area with its title."""

    origin: Annotated[Key, Field(alias="from")]
    target: Annotated[Key, Field(alias="to")]
    title: Title


class CrosswalkSpec(Spec):
    """How our competencies are called in another framework."""

    framework: Key
    title: Title
    maps: tuple[MapSpec, ...]

    @field_validator("maps")
    @classmethod
    def _maps_once(cls, value: tuple[MapSpec, ...]) -> tuple[MapSpec, ...]:
        refuse_twice((each.origin for each in value), "competency")
        return value


class FrameworkSpec(Spec):
    """`frameworks/<key>.yml`."""

    key: Key
    title: Title
    version: Title
    source: Sentence
    competencies: Annotated[tuple[CompetencySpec, ...], Field(min_length=1)]
    levels: tuple[LevelSpec, ...] = ()
    crosswalks: tuple[CrosswalkSpec, ...] = ()

    @classmethod
    def from_source(cls, source: Source) -> Self:
        """Return the framework of `source`."""
        return cls.read(file_of(source))

    @field_validator("competencies", "levels")
    @classmethod
    def _each_once(cls, value: tuple[CompetencySpec | LevelSpec, ...]) -> tuple[CompetencySpec | LevelSpec, ...]:
        refuse_twice((each.id for each in value), "id")
        return value

    @field_validator("crosswalks")
    @classmethod
    def _crosswalks_once(cls, value: tuple[CrosswalkSpec, ...]) -> tuple[CrosswalkSpec, ...]:
        refuse_twice((each.framework for each in value), "framework")
        return value

    def competency(self, competency_id: str) -> CompetencySpec | None:
        """Return the competency of that id (without the framework's key), or None."""
        return next((each for each in self.competencies if each.id == competency_id), None)

    def told(self) -> Iterator[Told]:
        """Yield the titles and summaries of competencies, sub-skills, levels and crosswalks."""
        yield from told_of("", (), self, "title")
        for number, competency in enumerate(self.competencies):
            path = ("competencies", number)
            yield from told_of(competency.id, path, competency, "title", "summary")
            for place, skill in enumerate(competency.sub_skills):
                yield Told(f"{competency.id}.{skill.id}", skill.title, (*path, "sub_skills", place, "title"))
        for number, level in enumerate(self.levels):
            yield from told_of(level.id, ("levels", number), level, "title")
        for number, crosswalk in enumerate(self.crosswalks):
            yield from told_of(crosswalk.framework, ("crosswalks", number), crosswalk, "title")
            for place, each in enumerate(crosswalk.maps):
                yield Told(
                    f"{crosswalk.framework}.{each.origin}", each.title, ("crosswalks", number, "maps", place, "title")
                )

    def references(self) -> Iterator[Reference]:
        """Yield the competencies that the crosswalks begin from."""
        for number, crosswalk in enumerate(self.crosswalks):
            for place, each in enumerate(crosswalk.maps):
                where = ("crosswalks", number, "maps", place, "from")
                yield Reference("competency", f"{self.key}/{each.origin}", where)

    def offers(self) -> Iterator[tuple[str, str]]:
        """Yield the competencies and levels that modules, quizzes and tracks may name."""
        for competency in self.competencies:
            yield "competency", f"{self.key}/{competency.id}"
        for level in self.levels:
            yield "level", level.id
