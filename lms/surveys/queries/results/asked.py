"""What a survey asks, for those who read its results: in the reader's language, with the words of the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lms.content.library import Library, Text
from lms.surveys.queries.whole import Asked as InFile
from lms.surveys.queries.whole import whole_survey
from lms.surveys.rules import MINIMUM_GROUP
from lms.surveys.rules.loop import taught


@dataclass(frozen=True)
class Asked:
    """One question, or a row of a matrix as "question.row" with its own words. `answers` holds {value: words}."""

    id: str
    type: str
    level: str
    prompt: str
    answers: Mapping[str, str] = field(default_factory=dict)


def list_asked(library: Library, survey_key: str, language: str) -> list[Asked]:
    """Return what a survey asks today, the core set first; nothing when it is gone."""
    if library.find("survey", survey_key) is None:
        return []
    questions = whole_survey(library, survey_key).questions
    return [asked for each in questions for asked in _asked(library, each, language)]


def _asked(library: Library, each: InFile, language: str) -> Iterator[Asked]:
    """Yield one question in words, or each row of a matrix."""
    words, spec = library.words("survey", each.home, language), each.spec
    scaled = library.words("survey", each.scale_home, language)
    at, scale_at = f"{each.home}.yml:{spec.id}", f"{each.scale_home}.yml:scale"
    scale = {str(n): str(scaled.text(f"{scale_at}.{n}", label)) for n, label in enumerate(each.scale, 1)}
    prompt = str(words.text(f"{at}.prompt", spec.prompt))
    for row in spec.rows:
        told = words.text(f"{at}.{row.id}", row.text)
        yield Asked(f"{spec.id}.{row.id}", "likert", spec.level, f"{prompt} {told}", scale)
    if not spec.rows:
        options = {one.id: str(words.text(f"{at}.{one.id}", one.text)) for one in spec.options}
        yield Asked(spec.id, spec.type, spec.level, prompt, options or (scale if spec.uses_scale else {}))


def number_questions(library: Library, survey_key: str) -> frozenset[str]:
    """Return the questions of a survey that ask for a number."""
    return frozenset(each.id for each in list_asked(library, survey_key, "en") if each.type == "number")


def group_of(library: Library, survey_key: str) -> int:
    """Return how many people a survey promises that any figure is of."""
    if library.find("survey", survey_key) is None:
        return MINIMUM_GROUP
    return whole_survey(library, survey_key).spec.group


def title_of_survey(library: Library, survey_key: str, language: str) -> str:
    """Return a survey's title, its key when it is gone."""
    if library.find("survey", survey_key) is None:
        return survey_key
    spec = whole_survey(library, survey_key).spec
    return str(library.words("survey", survey_key, language).text(f"{survey_key}.yml:title", spec.title))


def title_of_subject(library: Library, subject_key: str, language: str) -> Text | None:
    """Return the title of a module or a track that was answered about, None when it is gone."""
    kind, key = taught(subject_key)
    source = library.find(kind, key)
    if source is None:
        return None
    file = "module.yml" if kind == "module" else f"{key}.yml"
    return library.words(kind, key, language).text(f"{file}:title", source.file(file)["title"])
