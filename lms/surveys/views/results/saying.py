"""Sentences about results: why something was refused, levels, steps of numbers, shares."""

from __future__ import annotations

from collections.abc import Sequence

from lms.errors import RuleBroken
from lms.i18n import format_number, ngettext
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.surveys.rules.comments import A_DAY
from lms.surveys.rules.results import ABOVE, BELOW, EDGES, Figures

#: What is said where a comment, a text in English, a finding or a change is refused.
_REFUSED = {
    "no_words": _l("Please write some words."),
    "too_many_letters": _l("This is too long. Please make it shorter."),
    "too_many_comments": _l("You have sent %(number)s comments today. Please come back tomorrow.", number=A_DAY),
    "unsigned": _l("Nobody signed this comment, so it cannot be answered."),
    "settled": _l("Somebody has settled this meanwhile."),
    "no_such_version": _l("This version did not change the text since then. Please choose another."),
    "english_missing": _l("Please write both sentences in English. Whoever has no other language reads these."),
    "half_told": _l("Please write both sentences of a language, or none."),
}


def refusal(error: RuleBroken) -> str:
    """Return why something about results was refused, in the reader's language."""
    return str(_REFUSED[error.code])


#: Kirkpatrick's levels, as staff read them.
LEVELS = {
    "reaction": _l("How it was"),
    "learning": _l("What was learned"),
    "behavior": _l("What is done otherwise"),
    "results": _l("What came of it"),
}


def step_words(step: str) -> str:
    """Return what numbers one step holds."""
    if step == BELOW:
        return _("below 0")
    if step == ABOVE:
        return _("more than %(number)s", number=format_number(EDGES[-1]))
    place = EDGES.index(int(step))
    if place == 0:
        return "0"
    low, high = format_number(EDGES[place - 1]), format_number(EDGES[place])
    return _("more than %(low)s, up to %(high)s", low=low, high=high)


def share_words(figures: Figures, labels: Sequence[str] = ()) -> str:
    """Return the sentence of a question on the scale: how many of 100 answered 4 or 5, and how many answered.

    With `labels`, the words of 4 and of 5, these are told: who answers reads no numbers.
    """
    if labels:
        good, best = labels
        told: str = ngettext(
            "%(share)s of 100 chose “%(good)s” or “%(best)s” (%(num)s answer).",
            "%(share)s of 100 chose “%(good)s” or “%(best)s” (%(num)s answers).",
            figures.answered,
            share=figures.top_share,
            good=good,
            best=best,
        )
        return told
    words: str = ngettext(
        "%(share)s of 100 chose 4 or 5 (%(num)s answer).",
        "%(share)s of 100 chose 4 or 5 (%(num)s answers).",
        figures.answered,
        share=figures.top_share,
    )
    return words
