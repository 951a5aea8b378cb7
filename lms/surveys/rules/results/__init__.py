"""Rules of results: counting released sheets, what of it may be shown, and what it says."""

from __future__ import annotations

from lms.surveys.rules.results.counting import ABOVE, ANSWERED, BELOW, EDGES, Tally, count_answers, step_of
from lms.surveys.rules.results.showing import Part, needed, showable
from lms.surveys.rules.results.summing import Count, Figures, Slice, add_up, compare, languages_of, narrow, versions_of

__all__ = [
    "ABOVE",
    "ANSWERED",
    "BELOW",
    "EDGES",
    "Count",
    "Figures",
    "Part",
    "Slice",
    "Tally",
    "add_up",
    "compare",
    "count_answers",
    "languages_of",
    "narrow",
    "needed",
    "showable",
    "step_of",
    "versions_of",
]
