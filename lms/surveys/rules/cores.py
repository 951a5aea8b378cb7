"""One core set for all surveys: questions with the same ids and words, so that modules and tracks compare."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lms.surveys.specs import SurveySpec


@dataclass(frozen=True)
class CoreFault:
    """What is wrong with the core set, in the file of the survey `key`."""

    key: str
    path: tuple[str | int, ...]
    message: str
    is_warning: bool = False


def core_faults(surveys: Mapping[str, SurveySpec], at_ends: Collection[str]) -> Iterator[CoreFault]:
    """Yield what keeps surveys from comparing; `at_ends` are the keys of those at the end of modules."""
    cores = sorted({each.core for each in surveys.values() if each.core})
    for key, survey in sorted(surveys.items()):
        core = surveys.get(survey.core or "")
        if survey.core and survey.core != cores[0]:
            yield CoreFault(key, ("core",), f"another survey has the core {cores[0]!r}; all must have the same")
        if core is not None:
            yield from _clashes(key, survey, core)
        elif cores and key in at_ends and key not in cores and not survey.core:
            message = f"it stands at the end of a module and has no core; add core: {cores[0]}"
            yield CoreFault(key, ("key",), message, is_warning=True)


def _clashes(key: str, survey: SurveySpec, core: SurveySpec) -> Iterator[CoreFault]:
    """Yield what does not fit between a survey and the questions that come first in it."""
    if core.core:
        yield CoreFault(key, ("core",), f"{core.key!r} has a core itself; a core is one set of questions")
    taken = {question.id for question in core.questions}
    for number, question in enumerate(survey.questions):
        if question.id in taken:
            message = f"the core has a question {question.id!r} too; give another id, or leave it out"
            yield CoreFault(key, ("questions", number, "id"), message)
    if not survey.scale and not core.scale and any(question.uses_scale for question in survey.questions):
        yield CoreFault(key, ("core",), f"{core.key!r} has no scale; give this survey its own")
