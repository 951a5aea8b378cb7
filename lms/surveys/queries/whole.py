"""A survey with the questions of its core set before its own."""

from __future__ import annotations

from dataclasses import dataclass

from lms.content.library import Library
from lms.surveys.specs import QuestionSpec, SurveySpec


@dataclass(frozen=True)
class Asked:
    """One question, the key of the survey whose file holds its words, and of the one with the labels of its scale."""

    spec: QuestionSpec
    home: str
    scale_home: str
    scale: tuple[str, ...]


@dataclass(frozen=True)
class WholeSurvey:
    """A survey as it is asked."""

    spec: SurveySpec
    questions: tuple[Asked, ...]

    @property
    def specs(self) -> tuple[QuestionSpec, ...]:
        """Return the questions alone, in order."""
        return tuple(each.spec for each in self.questions)


def whole_survey(library: Library, key: str) -> WholeSurvey:
    """Return a survey with its core questions first; raise `NotFound`.

    Where the core has a question of the same id, its own is not asked: `lms content check` refuses that.
    """
    spec = library.spec(SurveySpec, "survey", key)
    core = library.spec(SurveySpec, "survey", spec.core) if spec.core else None
    first = _asked(core, core) if core else ()
    taken = {each.spec.id for each in first}
    own = (each for each in _asked(spec, core if core and not spec.scale else spec) if each.spec.id not in taken)
    return WholeSurvey(spec, (*first, *own))


def _asked(spec: SurveySpec, scaled: SurveySpec) -> tuple[Asked, ...]:
    return tuple(Asked(each, spec.key, scaled.key, scaled.scale) for each in spec.questions)
