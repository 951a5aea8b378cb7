"""The parts of a track's file: items, sets of items, hours, sign-offs and renewal. Building one validates it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from lms.content.shapes import (
    CompetencyKey,
    Key,
    MisplacedError,
    Path,
    Reference,
    Spec,
    Title,
    Told,
    refuse_twice,
    told_of,
)
from lms.fieldwork.rules import HOURS_KINDS

#: Up to 10,000 hours; a module's minutes are fewer.
HoursMinutes = Annotated[int, Field(ge=1, le=600_000)]
_KINDS = ", ".join(HOURS_KINDS)


class TrackItemSpec(Spec):
    """One requirement: a module, or one planned that is not taught yet (shown as such, never met)."""

    id: Key
    module: Key | None = None
    planned: Annotated[bool, Field(validate_default=True)] = False
    #: The words of a planned item; an item with a module shows the module's title.
    title: Annotated[Title | None, Field(validate_default=True)] = None
    #: Other modules that count for this item, each as good as the first.
    accepts: Annotated[tuple[Key, ...], Field(max_length=20)] = ()
    #: Ids of items of the track that come first. They order the way; what was learned before counts all the same.
    prerequisites: Annotated[tuple[Key, ...], Field(max_length=20)] = ()

    @field_validator("planned")
    @classmethod
    def _module_or_planned(cls, value: bool, info: ValidationInfo) -> bool:
        if "module" in info.data and value == (info.data["module"] is not None):
            raise ValueError("give either a module or planned: true")
        return value

    @field_validator("title")
    @classmethod
    def _title_fits(cls, value: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("planned") and value is None:
            raise ValueError("a planned item needs a title")
        return value

    @field_validator("accepts")
    @classmethod
    def _accepts_others(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        refuse_twice(value, "module")
        if value and info.data.get("planned"):
            raise ValueError("a planned item accepts nothing yet; leave accepts out")
        if info.data.get("module") in value:
            raise MisplacedError("this is the item's own module; leave it out", (value.index(info.data["module"]),))
        return value

    @field_validator("prerequisites")
    @classmethod
    def _each_once(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        refuse_twice(value, "id")
        if info.data.get("id") in value:
            raise MisplacedError("an item cannot come before itself; leave it out", (value.index(info.data["id"]),))
        return value

    @property
    def modules(self) -> tuple[str, ...]:
        """Return the keys of the modules of which any one counts, its own first."""
        return (self.module, *self.accepts) if self.module else ()

    def named(self, path: Path) -> Iterator[Reference]:
        """Yield the modules that it names."""
        if self.module:
            yield Reference("module", self.module, (*path, "module"))
        for number, key in enumerate(self.accepts):
            yield Reference("module", key, (*path, "accepts", number))


Items = Annotated[tuple[TrackItemSpec, ...], Field(min_length=1, max_length=200)]


class SetSpec(Spec):
    """Items that belong together, and how many of them are asked for."""

    id: Key
    title: Title | None = None
    #: How it joins the set before: "then" opens when all before are met, "and" opens together with it, "or" is
    #: another way: of sets that "or" joins, one suffices.
    join: Literal["then", "and", "or"] = "then"
    items: Items
    #: "all" or "any" of the items; `choose` asks for so many of them instead.
    rule: Literal["all", "any"] = "all"
    choose: Annotated[int, Field(ge=1)] | None = None

    @field_validator("rule")
    @classmethod
    def _any_of_several(cls, value: str, info: ValidationInfo) -> str:
        if value == "any" and len(info.data.get("items", (1, 2))) < 2:
            raise ValueError("any needs at least two items to choose from; add one, or leave the rule out")
        return value

    @field_validator("choose")
    @classmethod
    def _can_be_met(cls, value: int | None, info: ValidationInfo) -> int | None:
        items = info.data.get("items")
        if value is None or items is None:
            return value
        if info.data.get("rule") == "any":
            raise ValueError("give either rule: any or choose, not both")
        if value > len(items):
            raise ValueError(f"{value} of {len(items)} items can never be met; choose fewer, or add items")
        return value

    @property
    def needed(self) -> int:
        """Return how many of the items are asked for."""
        return self.choose or (1 if self.rule == "any" else len(self.items))

    def can_be_met(self, taught: Collection[str] | None = None) -> bool:
        """Return whether enough items are not planned; with `taught`, whether enough have a module among these."""
        open_ = [item for item in self.items if item.module]
        if taught is not None:
            open_ = [item for item in open_ if any(key in taught for key in item.modules)]
        return len(open_) >= self.needed


class HoursSpec(Spec):
    """Minutes of practice asked for, of one kind or of any of several, perhaps towards one competency."""

    #: Needed where a track asks for hours of the same kind twice, or of several kinds; else the kind is its name.
    id: Key | None = None
    kind: Key | None = None
    kinds: Annotated[tuple[Key, ...], Field(max_length=10, validate_default=True)] = ()
    minutes: HoursMinutes
    competency: CompetencyKey | None = None
    title: Title

    @field_validator("kind")
    @classmethod
    def _kind_known(cls, value: str | None) -> str | None:
        if value is not None and value not in HOURS_KINDS:
            raise ValueError(f"{value!r} is no kind of hours; use one of {_KINDS}")
        return value

    @field_validator("kinds")
    @classmethod
    def _kinds_known(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        refuse_twice(value, "kind")
        for number, kind in enumerate(value):
            if kind not in HOURS_KINDS:
                raise MisplacedError(f"{kind!r} is no kind of hours; use one of {_KINDS}", (number,))
        if "kind" in info.data and bool(value) == (info.data["kind"] is not None):
            raise ValueError("give either a kind or kinds")
        if value and info.data.get("id", "") is None:
            raise ValueError("hours of several kinds need an id")
        return value

    @property
    def key(self) -> str:
        """Return what these hours are called within the track."""
        return self.id or self.kind or ""

    @property
    def counts(self) -> tuple[str, ...]:
        """Return the kinds that count."""
        return self.kinds or ((self.kind,) if self.kind else ())


class SignOffSpec(Spec):
    """An observation that somebody entitled signs. Without a checklist it is shown, and never met."""

    id: Key
    title: Title
    checklist: Key | None = None
    #: The observer must neither supervise her nor be supervised by her.
    independent: bool = False


class RenewalSpec(Spec):
    """When a completed track is due again, and how it is done then.

    `from`: "completion" counts the months of validity from the completion before; "expiry" from the day on which that
    was due, so that an early renewal, or a late one within the days of grace, keeps the rhythm; "MM-DD" is the first
    such day after those months.
    """

    origin: Annotated[str, Field(alias="from", max_length=10)]
    #: Renewing opens so many days before it is due.
    window_days: Annotated[int, Field(ge=1, le=366)] = 90
    #: For so many days after it was due she is late; after them it has lapsed. It stays open to her all the same.
    grace_days: Annotated[int, Field(ge=0, le=366)] = 0
    #: Another track that is done instead; without it the same one is done again.
    track: Key | None = None

    @field_validator("origin")
    @classmethod
    def _origin_known(cls, value: str) -> str:
        if value not in {"completion", "expiry"} and _day_of(value) is None:
            raise ValueError(
                f'{value!r} is no such day; write completion, expiry, or a month and a day such as "10-31"'
            )
        return value

    @property
    def fixed_day(self) -> tuple[int, int] | None:
        """Return the month and the day on which everybody is due, or None."""
        return _day_of(self.origin)


def _day_of(text: str) -> tuple[int, int] | None:
    """Return month and day of "MM-DD" where every year has that day, else None."""
    if len(text) != 5 or text[2] != "-" or not (text[:2] + text[3:]).isdecimal():
        return None
    month, day = int(text[:2]), int(text[3:])
    try:
        date(2001, month, day)
    except ValueError:
        return None
    return month, day


def told_of_parts(parts: tuple[HoursSpec | SignOffSpec, ...], name: str) -> Iterator[Told]:
    """Yield the titles of hours or of sign-offs, in the list `name` of the file."""
    for number, part in enumerate(parts):
        key = part.key if isinstance(part, HoursSpec) else part.id
        yield from told_of(key, (name, number), part, "title")
