"""What modules with a quiz and their competencies are called, and who did something."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lms.assessments.specs import FILE
from lms.content.library import Library, Text, current
from lms.db import reading
from lms.i18n import language
from lms.people.queries.identity import people_of


def title_of(library: Library, module_key: str) -> Text:
    """Return the title of a module in the reader's language; its key where it is published no more."""
    source = library.find("module", module_key)
    if source is None:
        return Text(module_key, "source", module_key)
    english = source.file("module.yml")["title"]
    return library.words("module", module_key, language()).text("module.yml:title", english)


def competency_title(library: Library, competency: str) -> Text:
    """Return the title of "framework/competency" for the reader; its key where no framework has it any more."""
    framework, _slash, own = competency.partition("/")
    source, file = library.find("framework", framework), f"{framework}.yml"
    listed: list[Any] = source.file(file)["competencies"] if source else []
    english = next((each["title"] for each in listed if each["id"] == own), competency)
    return library.words("framework", framework, language()).text(f"{file}:{own}.title", english)


def quizzes() -> list[tuple[str, Text]]:
    """Return key and title of each published module that has a quiz, by title."""
    library = current(reading())
    keys = [key for key in library.keys("module") if FILE in library.get("module", key).files]
    return sorted(((key, title_of(library, key)) for key in keys), key=lambda pair: pair[1].text.casefold())


def names_of(account_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Return {account id: the name of who holds it}. One query at most."""
    found = people_of(reading(), [each for each in account_ids if each is not None])
    return {account_id: name for account_id, (_person_id, name) in found.items()}
