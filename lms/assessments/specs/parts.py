"""The smaller parts of a quiz's file: pools, sections, forms and limits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lms.content.shapes import CompetencyKey, Key, Spec, Title

Percent = Annotated[int, Field(ge=1, le=100)]


class PoolSpec(Spec):
    """How many of the questions about one competency an attempt asks."""

    competency: CompetencyKey
    draw: Annotated[int, Field(ge=1)]


class SectionSpec(Spec):
    """A part of the quiz with a mark of its own: the questions about some competencies."""

    id: Key
    title: Title
    competencies: Annotated[tuple[CompetencyKey, ...], Field(min_length=1)]
    pass_mark: Percent


class FormSpec(Spec):
    """One of several fixed forms: which questions it asks."""

    id: Key
    items: Annotated[tuple[Key, ...], Field(min_length=1)]


class LimitsSpec(Spec):
    """What an attempt is limited to; without it there are no limits."""

    #: How many attempts a round allows.
    attempts: Annotated[int, Field(ge=1, le=100)] | None = None
    #: How long to wait after an attempt that did not pass.
    wait_hours: Annotated[int, Field(ge=1, le=24 * 60)] | None = None
    #: How long an attempt may take.
    minutes: Annotated[int, Field(ge=1, le=600)] | None = None
