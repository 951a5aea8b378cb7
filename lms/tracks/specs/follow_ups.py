"""What people are asked after a track: at its end, and some time after it or after its certificate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from lms.content.shapes import Key, MisplacedError, Reference, Spec


class FollowUpSpec(Spec):
    """A survey, so many days after a track was completed, or after its certificate was given."""

    survey: Key
    days: Annotated[int, Field(ge=1, le=730)]
    after: Literal["completion", "certification"]


def refuse_same(value: tuple[FollowUpSpec, ...]) -> tuple[FollowUpSpec, ...]:
    """Return follow-ups; raise `MisplacedError` at one that asks the same survey after the same event as another."""
    seen: set[tuple[str, str]] = set()
    for number, each in enumerate(value):
        if (each.survey, each.after) in seen:
            raise MisplacedError(f"{each.survey!r} is asked after {each.after} already", (number, "survey"))
        seen.add((each.survey, each.after))
    return value


def surveys_named(survey: str | None, follow_ups: tuple[FollowUpSpec, ...]) -> Iterator[Reference]:
    """Yield the surveys that a track names: at its end, and afterwards."""
    if survey:
        yield Reference("survey", survey, ("survey",))
    for number, each in enumerate(follow_ups):
        yield Reference("survey", each.survey, ("follow_ups", number, "survey"))
