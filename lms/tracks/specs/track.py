"""`tracks/<key>.yml`: the whole track."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator

from lms.content.library import Source
from lms.content.shapes import (
    Key,
    MisplacedError,
    Path,
    Reference,
    Sentence,
    Spec,
    Title,
    Told,
    file_of,
    refuse_twice,
    told_of,
)
from lms.tracks.rules.alone import ALONE, is_alone
from lms.tracks.specs.follow_ups import FollowUpSpec, refuse_same, surveys_named
from lms.tracks.specs.parts import HoursSpec, Items, RenewalSpec, SetSpec, SignOffSpec, TrackItemSpec, told_of_parts

#: Sets of which one suffices.
Alternatives = tuple[SetSpec, ...]


class TrackSpec(Spec):
    """What a track asks for. `items` is one set, all of it in order; `sets` says more."""

    key: Key
    #: Derived from a module, to be asked for alone.
    alone: Annotated[bool, Field(validate_default=True)] = False
    title: Title
    summary: Sentence
    level: Key
    #: Key of the certificate's design; None when the track leads to none.
    certificate: Key | None = None
    #: A certifier decides: always, in this release.
    certifier: Literal[True] = True
    #: Months until a certificate expires; None for never.
    valid_months: Annotated[int, Field(ge=1, le=240)] | None = None
    #: Tracks that must be completed for this one to be.
    prerequisites: Annotated[tuple[Key, ...], Field(max_length=20)] = ()
    only_items: Annotated[Items | None, Field(alias="items")] = None
    sets: Annotated[tuple[SetSpec, ...], Field(max_length=50, validate_default=True)] = ()
    hours: Annotated[tuple[HoursSpec, ...], Field(max_length=50)] = ()
    sign_offs: Annotated[tuple[SignOffSpec, ...], Field(max_length=50)] = ()
    renewal: RenewalSpec | None = None
    #: The survey that is offered at the end. Nobody needs to answer it.
    survey: Key | None = None
    follow_ups: Annotated[tuple[FollowUpSpec, ...], Field(max_length=10)] = ()

    @property
    def rung(self) -> str:
        """Return the level of the ladder on which it stands; "" for a single module, which stands on none."""
        return "" if self.alone else self.level

    @classmethod
    def from_source(cls, source: Source) -> Self:
        """Return the track of `source`."""
        return cls.read(file_of(source))

    @field_validator("alone")
    @classmethod
    def _key_fits(cls, value: bool, info: ValidationInfo) -> bool:
        if "key" in info.data and value != is_alone(info.data["key"]):
            raise ValueError(f"choose a key that does not begin with {ALONE}: single modules have such keys")
        return value

    @field_validator("prerequisites")
    @classmethod
    def _tracks_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        refuse_twice(value, "track")
        return value

    @field_validator("only_items")
    @classmethod
    def _items_fit(cls, value: tuple[TrackItemSpec, ...] | None) -> tuple[TrackItemSpec, ...] | None:
        _check_items([(item, (number,)) for number, item in enumerate(value or ())])
        return value

    @field_validator("sets")
    @classmethod
    def _sets_fit(cls, value: tuple[SetSpec, ...], info: ValidationInfo) -> tuple[SetSpec, ...]:
        if "only_items" in info.data and bool(value) == (info.data["only_items"] is not None):
            raise ValueError("give either items or sets")
        refuse_twice((each.id for each in value), "id")
        if value and value[0].join != "then":
            raise MisplacedError("there is no set before the first; leave join out", (0, "join"))
        placed: list[tuple[TrackItemSpec, Path]] = [
            (item, (place, "items", number))
            for place, each in enumerate(value)
            for number, item in enumerate(each.items)
        ]
        _check_items(placed)
        return value

    @field_validator("hours")
    @classmethod
    def _hours_once(cls, value: tuple[HoursSpec, ...], info: ValidationInfo) -> tuple[HoursSpec, ...]:
        refuse_twice((hours.key for hours in value), "id or kind")
        _refuse_taken([hours.key for hours in value], _item_ids(info), "an item")
        return value

    @field_validator("sign_offs")
    @classmethod
    def _sign_offs_once(cls, value: tuple[SignOffSpec, ...], info: ValidationInfo) -> tuple[SignOffSpec, ...]:
        refuse_twice((sign_off.id for sign_off in value), "id")
        _refuse_taken([sign_off.id for sign_off in value], _item_ids(info), "an item")
        _refuse_taken([each.id for each in value], {each.key for each in info.data.get("hours", ())}, "hours")
        return value

    @field_validator("renewal")
    @classmethod
    def _renewal_fits(cls, value: RenewalSpec | None, info: ValidationInfo) -> RenewalSpec | None:
        if value is None:
            return value
        if info.data.get("valid_months", 0) is None:
            raise ValueError("without valid_months there is nothing to renew; add them, or leave renewal out")
        if value.track is not None and value.track == info.data.get("key"):
            raise MisplacedError("this is the same track; leave it out", ("track",))
        return value

    @field_validator("follow_ups")
    @classmethod
    def _follow_ups_once(cls, value: tuple[FollowUpSpec, ...]) -> tuple[FollowUpSpec, ...]:
        return refuse_same(value)

    @cached_property
    def ways(self) -> tuple[SetSpec, ...]:
        """Return the sets in order; a track that lists items has one, of all of them."""
        return self.sets or (SetSpec(id="items", items=self.only_items or ()),)

    @cached_property
    def stages(self) -> tuple[tuple[Alternatives, ...], ...]:
        """Return what opens one after the other: stages of groups that are open together, each of alternatives."""
        stages: list[list[list[SetSpec]]] = []
        for number, each in enumerate(self.ways):
            if number and each.join == "or":
                stages[-1][-1].append(each)
            elif number and each.join == "and":
                stages[-1].append([each])
            else:
                stages.append([[each]])
        return tuple(tuple(tuple(group) for group in stage) for stage in stages)

    @cached_property
    def items(self) -> tuple[TrackItemSpec, ...]:
        """Return the items of all sets, in order."""
        return tuple(item for each in self.ways for item in each.items)

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """Return the keys of the items' own modules, in order."""
        return tuple(item.module for item in self.items if item.module)

    @cached_property
    def can_be_met(self) -> bool:
        """Return whether the program can record all of it today: enough is taught, every sign-off has a checklist."""
        return self._sets_can_be_met(None) and all(sign_off.checklist for sign_off in self.sign_offs)

    def can_be_met_by(self, taught: Collection[str]) -> bool:
        """Return whether it can be met with these modules alone."""
        return self.can_be_met and self._sets_can_be_met(taught)

    def _sets_can_be_met(self, taught: Collection[str] | None) -> bool:
        groups = (group for stage in self.stages for group in stage)
        return all(any(each.can_be_met(taught) for each in group) for group in groups)

    def told(self) -> Iterator[Told]:
        """Yield the frame's words and the titles of sets, items, hours and sign-offs."""
        yield from told_of("", (), self, "title", "summary")
        for place, each in enumerate(self.ways):
            path: Path = ("sets", place) if self.sets else ()
            yield from told_of(f"set-{each.id}", path, each, "title")
            for number, item in enumerate(each.items):
                yield from told_of(item.id, (*path, "items", number), item, "title")
        yield from told_of_parts(self.hours, "hours")
        yield from told_of_parts(self.sign_offs, "sign_offs")

    def references(self) -> Iterator[Reference]:
        """Yield the level, the certificate, and the modules, tracks, competencies, checklists and surveys named."""
        yield Reference("level", self.level, ("level",))
        if self.certificate:
            yield Reference("certificate", self.certificate, ("certificate",))
        for number, key in enumerate(self.prerequisites):
            yield Reference("track", key, ("prerequisites", number))
        for place, each in enumerate(self.ways):
            for number, item in enumerate(each.items):
                yield from item.named((*(("sets", place) if self.sets else ()), "items", number))
        for number, hours in enumerate(self.hours):
            if hours.competency:
                yield Reference("competency", hours.competency, ("hours", number, "competency"))
        for number, sign_off in enumerate(self.sign_offs):
            if sign_off.checklist:
                yield Reference("checklist", sign_off.checklist, ("sign_offs", number, "checklist"))
        if self.renewal and self.renewal.track:
            yield Reference("track", self.renewal.track, ("renewal", "track"), comes_first=False)
        yield from surveys_named(self.survey, self.follow_ups)


def _item_ids(info: ValidationInfo) -> set[str]:
    """Return the ids of the items that were read before, wherever they stand."""
    found = {item.id for item in info.data.get("only_items") or ()}
    return found | {item.id for each in info.data.get("sets", ()) for item in each.items}


def _refuse_taken(names: list[str], taken: Collection[str], by: str) -> None:
    """Raise `MisplacedError` at a name that another part has: what was counted, and a waiver, name a part by it."""
    for number, name in enumerate(names):
        if name in taken:
            raise MisplacedError(f"{by} of this track is called {name!r} too; give another id", (number,))


def _check_items(placed: list[tuple[TrackItemSpec, Path]]) -> None:
    """Raise `MisplacedError` where items share an id or a module, or their prerequisites are unknown or in a circle."""
    taken: dict[tuple[str, str], Any] = {}
    for item, path in placed:
        names = [("id", item.id, "id")] + [("module", item.module, "module")] * bool(item.module)
        for what, name, field in names:
            if (what, str(name)) in taken:
                raise MisplacedError(f"{what} used twice: {name}", path if what == "id" else (*path, field))
            taken[what, str(name)] = path
    first = {item.id: item.prerequisites for item, _ in placed}
    for item, path in placed:
        for number, name in enumerate(item.prerequisites):
            where = (*path, "prerequisites", number)
            if name not in first:
                raise MisplacedError(f"there is no item {name!r}; name the id of an item of this track", where)
            if item.id in _all_before(name, first):
                raise MisplacedError(f"{item.id!r} would come before itself, through {name!r}; leave one out", where)


def _all_before(start: str, first: dict[str, tuple[str, ...]]) -> set[str]:
    """Return `start` and all items that come before it, directly or not."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += first.get(name, ())
    return reached
