"""A small library of teaching for tests: three modules, a survey and a framework, published from plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from flask import current_app

from lms.actor import Actor
from lms.content.library import Library, current
from lms.content.service import Draft, draft, publish
from lms.db import reading, write
from tests.factories import MadePerson

PUBLISHED_AT = datetime(2026, 1, 2, 12, tzinfo=UTC)
TODAY = datetime(2026, 3, 5, tzinfo=UTC).date()

#: No page may hold this before an answer was handed in.
CANARY = "canary-only-after-handing-in"


def item(item_id: str, kind: str = "single", **changes: Any) -> dict[str, Any]:
    """Return a question. Its right answers are a (single), a and b (multiple) or true."""
    made: dict[str, Any] = {
        "id": item_id,
        "type": kind,
        "competency": "skills/talk",
        "prompt": f"Prompt of {item_id}?",
        "key": {"single": ["a"], "multiple": ["a", "b"], "true-false": True}[kind],
        "feedback": f"{CANARY} about {item_id}",
    }
    if kind != "true-false":
        made["options"] = [{"id": each, "text": f"Option {each} of {item_id}"} for each in "abcd"]
    return made | changes


QUIZ: dict[str, Any] = {
    "pass_mark": 80,
    "items": [
        item("q-one", critical=True),
        item("q-two", "multiple", points=3),
        item("q-three", "true-false"),
    ],
}
#: Every answer right.
RIGHT = {"q-one": ("a",), "q-two": ("a", "b"), "q-three": ("true",)}
#: Fails: the critical question is wrong, the rest right.
UNSAFE = {"q-one": ("c",), "q-two": ("a", "b"), "q-three": ("true",)}


def module(
    key: str,
    lessons: Sequence[str] = ("first", "second"),
    *,
    quiz: Mapping[str, Any] | None = QUIZ,
    prerequisites: Sequence[str] = (),
    survey: str | None = "feedback",
    credits: Mapping[str, int] = MappingProxyType({"skills/talk": 10}),  # noqa: A002 -- the file's own word
    **changes: Any,
) -> Draft:
    """Return a module. Each lesson takes five minutes, the quiz five more; `changes` go into module.yml."""
    files: dict[str, Any] = {
        "module.yml": {
            "key": key,
            "title": f"Title of {key}",
            "summary": f"Summary of {key}.",
            "minutes": 5 * len(lessons) + (5 if quiz else 0),
            "credits": [{"competency": each, "minutes": n} for each, n in credits.items()],
            "lessons": list(lessons),
            "prerequisites": list(prerequisites),
            "survey": survey,
            **changes,
        },
    }
    for lesson in lessons:
        files[f"lessons/{lesson}.md"] = {
            "title": f"Lesson {lesson}",
            "minutes": 5,
            "objectives": [f"Do what {lesson} says."],
            "markdown": f"## Part of {lesson}\n\nWords of {lesson}.\n\n:::note\nA note in {lesson}.\n:::\n",
        }
    if quiz:
        files["quiz.yml"] = quiz
    return draft("module", key, "en", {"files": files})


def words(kind: str, key: str, locale: str, entries: Mapping[str, tuple[str, str, str]]) -> Draft:
    """Return translated words: {context: (English, translation, state)}."""
    made = {
        context: {"source": source, "text": text, "state": state} for context, (source, text, state) in entries.items()
    }
    return draft(kind, key, locale, {"words": made})


FRAMEWORK = draft(
    "framework",
    "skills",
    "en",
    {
        "files": {
            "skills.yml": {
                "key": "skills",
                "title": "Skills",
                "version": "1",
                "source": "Made for tests.",
                "competencies": [
                    {"id": "talk", "title": "Talking", "summary": "Talk well.", "minutes": 10},
                    {"id": "walk", "title": "Walking", "summary": "Walk well.", "minutes": 30},
                ],
            }
        }
    },
)
SURVEY = draft(
    "survey",
    "feedback",
    "en",
    {
        "files": {
            "feedback.yml": {
                "key": "feedback",
                "title": "What do you think?",
                "intro": "Two or three questions.",
                "thanks": "Thanks from the survey.",
                "questions": [
                    {
                        "id": "useful",
                        "type": "likert",
                        "level": "reaction",
                        "prompt": "Was it useful?",
                        "required": True,
                    },
                    {
                        "id": "length",
                        "type": "choice",
                        "level": "reaction",
                        "prompt": "How long was it?",
                        "options": [{"id": "short", "text": "Short"}, {"id": "long", "text": "Long"}],
                    },
                    {"id": "change", "type": "text", "level": "behavior", "prompt": "What will you change?"},
                ],
                "scale": ["None", "Little", "Some", "Most", "All"],
            }
        }
    },
)
#: Tongan words of alpha: one question approved, one a draft, one not translated.
TONGAN = words(
    "module",
    "alpha",
    "to",
    {
        "module.yml:title": ("Title of alpha", "Hingoa ʻo alpha", "draft"),
        "lessons/first.md:title": ("Lesson first", "Lēsoni ʻuluaki", "approved"),
        "lessons/first.md:part-of-first.1": ("Part of first", "Konga ʻuluaki", "draft"),
        "lessons/first.md:part-of-first.2": ("Words of first.", "Ngaahi lea.", "draft"),
        "quiz.yml:q-one.prompt": ("Prompt of q-one?", "Fehuʻi ʻuluaki?", "approved"),
        **{f"quiz.yml:q-one.{each}": (f"Option {each} of q-one", f"Tali {each}", "approved") for each in "abcd"},
        "quiz.yml:q-two.prompt": ("Prompt of q-two?", "Fehuʻi ua?", "draft"),
        **{f"quiz.yml:q-two.{each}": (f"Option {each} of q-two", f"Fili {each}", "draft") for each in "abcd"},
    },
)
SAMOAN_SURVEY = words(
    "survey",
    "feedback",
    "sm",
    {"feedback.yml:useful.prompt": ("Was it useful?", "E aogā?", "draft")},
)


def standard() -> list[Draft]:
    """Return the small library: alpha with everything, beta after alpha, gamma with a lesson alone."""
    return [
        FRAMEWORK,
        SURVEY,
        SAMOAN_SURVEY,
        TONGAN,
        module("alpha"),
        module("beta", prerequisites=["alpha"], survey=None, credits={"skills/talk": 5, "skills/walk": 10}),
        module("gamma", ["only"], quiz=None, survey=None, credits={"skills/walk": 5}),
    ]


def publish_drafts(drafts: Sequence[Draft] | None = None) -> Library:
    """Publish and return the library."""
    chosen = standard() if drafts is None else drafts
    write(lambda session: publish(session, chosen, None, at=PUBLISHED_AT))
    reading().rollback()
    return current(reading())


def secret_key() -> str:
    """Return the secret of the application that the test has."""
    found: str = current_app.config["LMS"].secret_key
    return found


def actor_of(person: MadePerson, language: str = "en") -> Actor:
    """Return the person as the one who asks."""
    return Actor(
        account_id=person.account_id,
        person_id=person.person_id,
        public_id=person.person_public_id,
        name="Somebody",
        language=language,
        today=TODAY,
        roles=frozenset({"worker"}),
    )
