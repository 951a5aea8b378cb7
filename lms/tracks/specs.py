"""A career-pathway track as its file says: items in order, hours, sign-offs, level and certificate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator

from lms.content.library import Source
from lms.content.shapes import Key, Minutes, Reference, Sentence, Spec, Title, Told, file_of, refuse_twice, told_of


class TrackItemSpec(Spec):
    """One requirement: a module, or one planned that is not taught yet (shown as such, never met)."""

    id: Key
    module: Key | None = None
    planned: Annotated[bool, Field(validate_default=True)] = False
    #: The words of a planned item; an item with a module shows the module's title.
    title: Annotated[Title | None, Field(validate_default=True)] = None

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


class HoursSpec(Spec):
    """Hours of practice asked for. Not recorded by the program yet: shown, never met."""

    kind: Key
    minutes: Minutes
    title: Title


class SignOffSpec(Spec):
    """A sign-off asked for. Not recorded by the program yet: shown, never met."""

    id: Key
    title: Title


class TrackSpec(Spec):
    """`tracks/<key>.yml`."""

    key: Key
    title: Title
    summary: Sentence
    level: Key
    #: Key of the certificate's design; None when the track leads to none.
    certificate: Key | None = None
    #: A certifier decides: always, in this release.
    certifier: Literal[True] = True
    #: Months until a certificate expires; None for never.
    valid_months: Annotated[int, Field(ge=1, le=240)] | None = None
    items: Annotated[tuple[TrackItemSpec, ...], Field(min_length=1, max_length=200)]
    hours: tuple[HoursSpec, ...] = ()
    sign_offs: tuple[SignOffSpec, ...] = ()

    @classmethod
    def from_source(cls, source: Source) -> Self:
        """Return the track of `source`."""
        return cls.read(file_of(source))

    @field_validator("items")
    @classmethod
    def _items_once(cls, value: tuple[TrackItemSpec, ...]) -> tuple[TrackItemSpec, ...]:
        refuse_twice((item.id for item in value), "id")
        refuse_twice((item.module for item in value if item.module), "module")
        return value

    @field_validator("hours")
    @classmethod
    def _hours_once(cls, value: tuple[HoursSpec, ...]) -> tuple[HoursSpec, ...]:
        refuse_twice((hours.kind for hours in value), "kind")
        return value

    @field_validator("sign_offs")
    @classmethod
    def _sign_offs_once(cls, value: tuple[SignOffSpec, ...]) -> tuple[SignOffSpec, ...]:
        refuse_twice((sign_off.id for sign_off in value), "id")
        return value

    @property
    def modules(self) -> tuple[str, ...]:
        """Return the keys of the modules, in order."""
        return tuple(item.module for item in self.items if item.module)

    @property
    def can_be_met(self) -> bool:
        """Return whether the program can record all of it today: nothing planned, no hours, no sign-offs."""
        return not self.hours and not self.sign_offs and not any(item.planned for item in self.items)

    def told(self) -> Iterator[Told]:
        """Yield the frame's words and the titles of items, hours and sign-offs."""
        yield from told_of("", (), self, "title", "summary")
        for number, item in enumerate(self.items):
            yield from told_of(item.id, ("items", number), item, "title")
        for number, hours in enumerate(self.hours):
            yield from told_of(hours.kind, ("hours", number), hours, "title")
        for number, sign_off in enumerate(self.sign_offs):
            yield from told_of(sign_off.id, ("sign_offs", number), sign_off, "title")

    def references(self) -> Iterator[Reference]:
        """Yield the level, the certificate and the modules."""
        yield Reference("level", self.level, ("level",))
        if self.certificate:
            yield Reference("certificate", self.certificate, ("certificate",))
        for number, item in enumerate(self.items):
            if item.module:
                yield Reference("module", item.module, ("items", number, "module"))
