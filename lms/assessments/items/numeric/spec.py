"""A numeric question as `quiz.yml` says."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from lms.assessments.items.kinds import FILE, ItemSpec, refuse_clash
from lms.content.shapes import Fault, Key, Path, Spec, Title, Told, refuse_twice

_LARGEST = 10**12
Number = Annotated[Decimal, Field(ge=-_LARGEST, le=_LARGEST, decimal_places=9)]
Width = Annotated[Decimal, Field(ge=0, le=_LARGEST, decimal_places=9)]
#: Wide enough that nothing is ever rounded: a typed number has 40 digits, a factor 21, a percentage 21.
EXACT = Context(prec=120)


class RangeSpec(Spec):
    """Numbers that are accepted: around `value`, or from `least` to `most`, both included."""

    value: Number | None = None
    #: How far from `value`: as a number, or in percent of it; neither: exactly `value`.
    tolerance: Width | None = None
    percent: Annotated[Decimal, Field(ge=0, le=100, decimal_places=9)] | None = None
    least: Number | None = None
    most: Number | None = None
    #: Percent of the points that they earn.
    share: Annotated[int, Field(ge=1, le=100)] = 100

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.value is None) == (self.least is None and self.most is None):
            raise ValueError("give a value, or least and most")
        if self.value is None and (self.least is None or self.most is None):
            raise ValueError("give least and most, both")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("least is more than most")
        if (self.tolerance is not None) + (self.percent is not None) > (self.value is not None):
            raise ValueError("give a tolerance or a percent, with a value")
        return self

    @property
    def bounds(self) -> tuple[Decimal, Decimal]:
        """Return the least and the most that is accepted."""
        if self.value is None:
            return self.least or Decimal(0), self.most or Decimal(0)
        width = self.tolerance or EXACT.multiply(abs(self.value), self.percent or Decimal(0)).scaleb(-2, EXACT)
        return EXACT.subtract(self.value, width), EXACT.add(self.value, width)


class UnitSpec(Spec):
    """A unit; one of it is `factor` of the first unit, in which the accepted numbers stand."""

    id: Key
    text: Title
    factor: Annotated[Decimal, Field(gt=0, le=_LARGEST, decimal_places=9)] = Decimal(1)


class Item(ItemSpec):
    """`type: numeric`: a number in one of the `accepted` ranges; of several `units` one is chosen."""

    type: Literal["numeric"]
    #: The first earns every point.
    accepted: Annotated[tuple[RangeSpec, ...], Field(min_length=1, max_length=6)]
    units: Annotated[tuple[UnitSpec, ...], Field(max_length=6)] = ()

    @field_validator("accepted")
    @classmethod
    def _first_is_right(cls, value: tuple[RangeSpec, ...]) -> tuple[RangeSpec, ...]:
        if value[0].share != 100:
            raise ValueError("the first range must earn every point")
        return value

    @field_validator("units")
    @classmethod
    def _units_fit(cls, value: tuple[UnitSpec, ...]) -> tuple[UnitSpec, ...]:
        refuse_twice((unit.id for unit in value), "id")
        if value and value[0].factor != 1:
            raise ValueError("the accepted numbers stand in the first unit; its factor must be 1")
        refuse_clash(unit.id for unit in value)
        return value

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the ids of the units."""
        return tuple(unit.id for unit in self.units)

    def told_at(self, path: Path) -> Iterator[Told]:
        """Yield the prompt and the units."""
        yield from super().told_at(path)
        for place, unit in enumerate(self.units):
            where = (*path, "units", place, "text")
            yield Told(f"{self.id}.{unit.id}", unit.text, where, f"the units of {self.id}")

    def faults_at(self, path: Path) -> Iterator[Fault]:
        """Warn of a range that an earlier one covers, so that it never decides."""
        bounds = [each.bounds for each in self.accepted]
        for place, (least, most) in enumerate(bounds):
            for other in range(place):
                covers = bounds[other][0] <= least and most <= bounds[other][1]
                if covers and self.accepted[other].share >= self.accepted[place].share:
                    message = "an earlier range covers this one"
                    yield Fault(FILE, (*path, "accepted", place), message, is_warning=True)
                    break
