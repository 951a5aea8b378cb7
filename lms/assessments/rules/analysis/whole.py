"""The whole analysis of one quiz, of every version and language that somebody answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.assessments.rules.analysis.elevens import in_elevens
from lms.assessments.rules.analysis.fairness import Fairness, compare
from lms.assessments.rules.analysis.figures import ItemFigures, figures_of
from lms.assessments.rules.analysis.quiz import QuizFigures, quiz_figures
from lms.assessments.rules.analysis.values import Sheet, TooFew, Unit
from lms.assessments.rules.languages import ENGLISH


@dataclass(frozen=True)
class Analysis:
    """What is known: by (version of the quiz, language), and by wording, there with its comparison with English.

    What has too few answers does not appear.
    """

    quizzes: Mapping[tuple[str, str], QuizFigures]
    items: Mapping[Unit, ItemFigures]
    fairness: Mapping[Unit, Fairness]


def analyse(sheets: Sequence[Sheet]) -> Analysis:
    """Return the figures of these first attempts, the oldest first."""
    whole: dict[tuple[str, str], list[Sheet]] = {}
    for sheet in sheets:
        whole.setdefault((sheet.quiz_version, sheet.language), []).append(sheet)
    spoken: dict[str, list[Sheet]] = {}
    for sheet in in_elevens(sheets):
        spoken.setdefault(sheet.language, []).append(sheet)
    items = {unit: each for language, own in spoken.items() for unit, each in figures_of(language, own).items()}
    english = spoken.pop(ENGLISH, [])
    fairness = {unit: each for own in spoken.values() for unit, each in compare(english, own).items()}
    return Analysis(
        {key: found for key, own in whole.items() if not isinstance(found := quiz_figures(own), TooFew)},
        {unit: each for unit, each in items.items() if not isinstance(each, TooFew)},
        fairness,
    )
