"""What a survey asks, for those who read its results: in the reader's language, with the words of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lms.content.library import Library, Text
from lms.surveys.rules import MINIMUM_GROUP
from lms.surveys.specs import SurveySpec


@dataclass(frozen=True)
class Asked:
    """One question, or a row of a matrix as "question.row" with its own words. `answers` holds {value: words}."""

    id: str
    type: str
    level: str
    prompt: str
    answers: Mapping[str, str] = field(default_factory=dict)


def list_asked(library: Library, survey_key: str, language: str) -> list[Asked]:
    """Return what a survey asks today, in its order; nothing when it is gone."""
    if library.find("survey", survey_key) is None:
        return []
    spec = library.spec(SurveySpec, "survey", survey_key)
    words = library.words("survey", survey_key, language)
    scale = {str(n): str(words.text(f"{spec.key}.yml:scale.{n}", label)) for n, label in enumerate(spec.scale, 1)}
    found = []
    for each in spec.questions:
        prompt = str(words.text(f"{spec.key}.yml:{each.id}.prompt", each.prompt))
        options = {
            option.id: str(words.text(f"{spec.key}.yml:{each.id}.{option.id}", option.text)) for option in each.options
        }
        found.append(Asked(each.id, each.type, each.level, prompt, options or scale))
    return found


def number_questions(library: Library, survey_key: str) -> frozenset[str]:
    """Return the questions of a survey that ask for a number."""
    return frozenset(each.id for each in list_asked(library, survey_key, "en") if each.type == "number")


def group_of(library: Library, survey_key: str) -> int:
    """Return how many people a survey promises that any figure is of."""
    if library.find("survey", survey_key) is None:
        return MINIMUM_GROUP
    return max(MINIMUM_GROUP, getattr(library.spec(SurveySpec, "survey", survey_key), "group", MINIMUM_GROUP))


def title_of_survey(library: Library, survey_key: str, language: str) -> str:
    """Return a survey's title, its key when it is gone."""
    if library.find("survey", survey_key) is None:
        return survey_key
    spec = library.spec(SurveySpec, "survey", survey_key)
    return str(library.words("survey", survey_key, language).text(f"{survey_key}.yml:title", spec.title))


def title_of_subject(library: Library, subject_key: str, language: str) -> Text | None:
    """Return the title of a module or a track that was answered about, None when it is gone."""
    kind, _colon, key = subject_key.partition(":")
    source = library.find("track" if kind == "certificate" else kind, key)
    if source is None:
        return None
    file = "module.yml" if source.kind == "module" else f"{key}.yml"
    title = source.file(file)["title"]
    return library.words(source.kind, key, language).text(f"{file}:title", title)
