"""The words of one language on a certificate: sentences with their dates, hours and titles filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale
from babel.dates import format_date

from lms.i18n import LANGUAGES, format_hours

#: Dates as people in the United States write them, in the words of each language.
_LOCALES = {"en": "en_US", "es": "es_US"}
_PLACE = re.compile(r"\{(\w+)\}")
WORDS = (
    "heading", "presented_to", "completed", "hours", "language_of_instruction", "competencies", "issued_on",
    "expires_on", "no_expiry", "serial", "verify", "not_a_license", "signer_one", "signer_two",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """What the certificate says in one language."""

    language: str
    heading: str
    presented_to: str
    title: str
    completed: str
    hours: str
    instruction: str
    competencies: str
    skills: tuple[str, ...]
    issued_on: str
    validity: str
    verify: str
    not_a_license: str
    signers: tuple[str, str]


@dataclass(frozen=True)
class Sheet:
    """Everything that is drawn: one column for English, two for any other language, and what needs no words."""

    columns: tuple[Column, ...]
    name: str
    issuer: str
    serial: str
    edition: int
    payload_sha256: str
    #: What the QR code opens.
    address: str
    ink: str
    accent: str
    is_demonstration: bool


def column_of(payload: Mapping[str, Any], language: str, say: Callable[[str], str], *, verify_page: str) -> Column:
    """Return the column of `language`; `say(name)` gives the certificate's words, in English where none exist."""
    skills = payload["competencies"]
    title = _titled(payload["track"]["title"], language)
    minutes = sum(payload["minutes"].values())
    until = payload["valid_until"]

    def fill(name: str, **values: str) -> str:
        return _PLACE.sub(lambda place: values[place[1]], say(name))

    return Column(
        language=language,
        heading=fill("heading"),
        presented_to=fill("presented_to"),
        title=title,
        completed=fill("completed", track=title, date=_day(payload["completed_on"], language)),
        hours=fill("hours", hours=format_hours(minutes)),
        instruction=fill("language_of_instruction", language=_tongue(payload["language_of_instruction"], language)),
        competencies=fill("competencies"),
        skills=tuple(f"{_titled(each['title'], language)} ({format_hours(each['minutes'])})" for each in skills),
        issued_on=fill("issued_on", date=_day(payload["awarded_on"], language)),
        validity=fill("expires_on", date=_day(until, language)) if until else fill("no_expiry"),
        verify=fill("verify", url=verify_page),
        not_a_license=fill("not_a_license"),
        signers=(fill("signer_one"), fill("signer_two")),
    )


def _titled(titles: Mapping[str, str], language: str) -> str:
    return titles.get(language) or titles["en"]


def _day(iso: str, language: str) -> str:
    return format_date(date.fromisoformat(iso), "long", locale=Locale.parse(_LOCALES.get(language, language)))


def _tongue(tag: str, language: str) -> str:
    """Return how `language` calls, inside a sentence, the language or languages ("to+en") of instruction."""
    return " + ".join(_called(part, language) for part in tag.split("+"))


def _called(tag: str, language: str) -> str:
    """Return the name of a language in another one; its own name where that one has no word for it."""
    own = dict(LANGUAGES)[tag]
    if tag != language:
        return Locale.parse(language).languages.get(tag) or own
    return own if language == "en" else own[0].lower() + own[1:]
