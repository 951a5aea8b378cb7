"""What a page says: the sheet of one edition, made of its frozen payload and the words that the payload names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from babel import Locale
from babel.dates import format_date

from lms.certificates.jobs.drawing.renderings import Rendering
from lms.certificates.specs import CertificateSpec
from lms.content.library import SOURCE_LOCALE, Text, Words
from lms.i18n import LANGUAGES, format_hours

#: Dates as people in the United States write them, in the words of each language.
_LOCALES = {"en": "en_US", "es": "es_US"}
_PLACE = re.compile(r"\{(\w+)\}")
#: The kinds of hours that are named one by one, in this order.
KINDS = ("class", "practicum", "supervised")
_SHOWN_OF_HASH = 12


class Said(NamedTuple):
    """Words, and the language that they are in: English where a translation is missing."""

    text: str
    language: str


@dataclass(frozen=True)
class Column:
    """What the certificate says in one language."""

    language: str
    heading: Said
    presented_to: Said
    title: Said
    completed: Said
    hours: Said
    #: The same hours by kind.
    kinds: tuple[Said, ...]
    instruction: Said
    competencies: Said
    issued_on: Said
    validity: Said
    #: "Certificate number: ...", for the card.
    number: Said
    verify: Said
    not_a_license: Said
    versions: Said
    #: The step of the career, the first day and the frameworks, and the issuer's number as a provider.
    details: tuple[Said, ...]
    demonstration: Said
    #: How the card is made of the page that it is printed on.
    card: Said
    #: What a screen reader says in place of the seal and the code.
    seal: Said
    code: Said


@dataclass(frozen=True)
class Skill:
    """A competency: its title in each language of the page, its framework and code, and its hours."""

    titles: tuple[Said, ...]
    code: str
    hours: str


@dataclass(frozen=True)
class Signer:
    """Who signs: a name or "", and the role in each language of the page."""

    name: str
    titles: tuple[Said, ...]


@dataclass(frozen=True)
class Look:
    """Colours and ornament of a design."""

    ink: str
    accent: str
    glow: str
    motif: str


@dataclass(frozen=True)
class Sheet:
    """Everything that is drawn: one column for each language, and what needs no words."""

    rendering: Rendering
    columns: tuple[Column, ...]
    name: str
    #: The holder's language, in which her name is read aloud.
    name_language: str
    skills: tuple[Skill, ...]
    signers: tuple[Signer, ...]
    issuer: str
    serial: str
    edition: int
    payload_sha256: str
    #: The whole text of the QR code: the address of the check, "#", and the signed token.
    code: str
    #: When this edition was frozen; the file says it was made then.
    made_at: datetime
    look: Look
    is_demonstration: bool

    @property
    def address(self) -> str:
        """Return what the QR code opens: the address of the check of this edition."""
        return self.code.partition("#")[0]

    @property
    def number(self) -> str:
        """Return the serial in its groups, with the edition when it is not the first."""
        return self.serial if self.edition == 1 else f"{self.serial} / {self.edition}"


def sheet_of(
    payload: Mapping[str, Any],
    *,
    payload_sha256: str,
    spec: CertificateSpec,
    words: Words,
    rendering: Rendering,
    code: str,
    verify_page: str,
) -> Sheet:
    """Return what is drawn for a payload `chw-certificate/2`.

    `words` are the design's in the holder's language, `code` is the whole text of the QR code, and `verify_page` the
    address that a person without a camera types. The same arguments give the same sheet.
    """
    tags = rendering.tags(payload["language"])
    columns = []
    for tag in tags:
        say = _sayer(spec, words if tag != SOURCE_LOCALE else Words(tag), tag)
        columns.append(column_of(payload, tag, say, verify_page=verify_page))
    return Sheet(
        rendering=rendering,
        columns=tuple(columns),
        name=payload["name"],
        name_language=payload["language"],
        skills=tuple(_skill(each, tags) for each in payload["competencies"]),
        signers=tuple(Signer(each["name"], _titles(each["title"], tags)) for each in payload["signers"]),
        issuer=payload["issuer"]["name"],
        serial=payload["serial"],
        edition=payload["edition"],
        payload_sha256=payload_sha256,
        code=code,
        made_at=datetime.fromisoformat(payload["frozen_at"]),
        look=Look(spec.ink, spec.accent, spec.glow, spec.motif),
        is_demonstration=payload["demonstration"],
    )


def _sayer(spec: CertificateSpec, words: Words, tag: str) -> Callable[[str], Said]:
    """Return a function from a word's name to the sentence in the language of `words`, in English without one."""
    english: dict[str, Any] = spec.words.model_dump()

    def say(name: str) -> Said:
        text: Text = words.text(f"{spec.key}.yml:words.{name}", english[name])
        return Said(text.text, SOURCE_LOCALE if text.is_english else tag)

    return say


def column_of(payload: Mapping[str, Any], tag: str, say: Callable[[str], Said], *, verify_page: str) -> Column:
    """Return the column of a language; `say(name)` gives the certificate's words."""
    title = said_in(payload["track"]["title"], tag)
    minutes, until, content = payload["minutes"], payload["valid_until"], payload["content"]

    def fill(name: str, **values: Callable[[str], str] | str) -> Said:
        """Return a sentence with its places filled in, dates and languages as its own language writes them."""
        said = say(name)
        put = {key: value if isinstance(value, str) else value(said.language) for key, value in values.items()}
        return Said(_PLACE.sub(lambda place: put[place[1]], said.text), said.language)

    return Column(
        language=tag,
        heading=fill("heading"),
        presented_to=fill("presented_to"),
        title=title,
        completed=fill(
            "completed",
            track=lambda language: said_in(payload["track"]["title"], language).text,
            date=_day(payload["completed_on"]),
        ),
        hours=fill("hours", hours=format_hours(sum(minutes.values()))),
        kinds=tuple(fill(f"{kind}_hours", hours=format_hours(spent)) for kind, spent in _by_kind(minutes)),
        instruction=fill("language_of_instruction", language=_tongues(payload["language_of_instruction"])),
        competencies=fill("competencies"),
        issued_on=fill("issued_on", date=_day(payload["awarded_on"])),
        validity=fill("expires_on", date=_day(until)) if until else fill("no_expiry"),
        number=fill("serial", serial=payload["serial"]),
        verify=fill("verify", url=verify_page),
        not_a_license=said_in(payload["disclaimers"], tag),
        versions=fill(
            "versions", rules=payload["track"]["revision"][:_SHOWN_OF_HASH], content=str(content["publication"])
        ),
        details=tuple(
            fill(name, **values) for name, values in _details(payload, tag) if all(value for value in values.values())
        ),
        demonstration=fill("demonstration"),
        card=fill("card"),
        seal=fill("seal", issuer=payload["issuer"]["name"]),
        code=fill("code", url=verify_page),
    )


def _by_kind(minutes: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Yield the minutes of the kinds that are named one by one, then those of all others together."""
    yield from ((kind, minutes[kind]) for kind in KINDS if minutes.get(kind, 0) > 0)
    other = sum(spent for kind, spent in minutes.items() if kind not in KINDS)
    if other:
        yield "other", other


def _details(payload: Mapping[str, Any], tag: str) -> Iterator[tuple[str, dict[str, Callable[[str], str] | str]]]:
    """Yield the sentences of the small print that not every certificate has, with what is filled in."""
    level, frameworks = payload["level"], {each["framework"]: each["version"] for each in payload["competencies"]}
    yield "level", {"level": said_in(level["title"], tag).text if level else ""}
    said = ", ".join(f"{framework} {version}".rstrip() for framework, version in frameworks.items())
    yield "begun", {"date": _day(payload["started_on"]), "frameworks": said}
    yield "provider", {"number": payload["issuer"]["provider_number"]}


def said_in(titles: Mapping[str, str], tag: str) -> Said:
    """Return a title in a language, else in English."""
    return Said(titles[tag], tag) if tag in titles else Said(titles[SOURCE_LOCALE], SOURCE_LOCALE)


def _titles(titles: Mapping[str, str], tags: tuple[str, ...]) -> tuple[Said, ...]:
    """Return a title in each of the languages, once where it has no translation."""
    return tuple(_once(said_in(titles, tag) for tag in tags))


def _once(titles: Iterator[Said]) -> Iterator[Said]:
    yield from dict.fromkeys(titles)


def _skill(skill: Mapping[str, Any], tags: tuple[str, ...]) -> Skill:
    code = f"{skill['framework']}/{skill['code']}"
    return Skill(_titles(skill["title"], tags), code, format_hours(skill["minutes"]))


def _day(iso: str) -> Callable[[str], str]:
    """Return a function that writes a day out in a language."""
    day = date.fromisoformat(iso)
    return lambda tag: format_date(day, "long", locale=Locale.parse(_LOCALES.get(tag, tag)))


def _tongues(tags: str) -> Callable[[str], str]:
    """Return a function that names the language or languages ("to+en") of instruction inside a sentence."""
    return lambda tag: " + ".join(_called(part, tag) for part in tags.split("+"))


def _called(tag: str, language: str) -> str:
    """Return the name of a language in another one; its own name where that one has no word for it."""
    own = dict(LANGUAGES)[tag]
    if tag != language:
        return Locale.parse(language).languages.get(tag) or own
    return own if language == "en" else own[0].lower() + own[1:]
