"""How figures stand on a page: bars with their numbers in words, and a line for each language and version."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lms.i18n import LANGUAGES, format_number
from lms.i18n import gettext as _
from lms.surveys.queries.results.asked import Asked
from lms.surveys.rules.results import Count, Figures, Slice, add_up, languages_of, narrow, versions_of
from lms.surveys.rules.results.summing import STEPS
from lms.surveys.views.results.saying import LEVELS, step_words


@dataclass(frozen=True)
class Bar:
    """One answer: its words, how many of a hundred gave it, and the same in words."""

    label: str
    value: int
    text: str


@dataclass(frozen=True)
class Shown:
    """One question with what may be shown of it; without figures it has too few answers yet."""

    id: str
    prompt: str
    figures: Figures | None
    facts: Sequence[str] = ()
    bars: Sequence[Bar] = ()
    #: Label, answers and figure of each language and each version that has cells of its own.
    rows: Sequence[tuple[str, str, str]] = ()


def show_levels(
    asked: Sequence[Asked], counts: Sequence[Count], through: Slice, versions: Mapping[int, int]
) -> list[tuple[str, list[Shown]]]:
    """Return the questions with their figures, grouped by Kirkpatrick's levels; what is asked no more comes last."""
    found = add_up(narrow(counts, through))
    known = {each.id for each in asked}
    former = [Asked(each, found[each].kind, "", each) for each in sorted(found) if each and each not in known]
    levels: dict[str, list[Shown]] = {level: [] for level in (*LEVELS, "")}
    for each in (*asked, *former):
        if each.type != "text":
            levels[each.level].append(_show(each, found.get(each.id), counts, versions))
    titles = {**{key: str(title) for key, title in LEVELS.items()}, "": _("No longer asked")}
    return [(titles[level], shown) for level, shown in levels.items() if shown]


def _show(asked: Asked, figures: Figures | None, counts: Sequence[Count], versions: Mapping[int, int]) -> Shown:
    if figures is None:
        return Shown(asked.id, asked.prompt, None)
    own = [each for each in counts if each.question_id == asked.id and each.kind == figures.kind]
    return Shown(asked.id, asked.prompt, figures, facts_of(figures), _bars(asked, figures), _rows(asked, own, versions))


def facts_of(figures: Figures) -> list[str]:
    """Return the answers' number, mean, share and middle in words."""
    facts = [_("%(number)s answers", number=format_number(figures.answered))]
    if figures.mean is not None:
        facts.append(_("on average %(number)s", number=format_number(round(figures.mean, 1))))
    if figures.top_share is not None:
        facts.append(_("%(share)s of 100 chose 4 or 5", share=figures.top_share))
    if figures.middle is not None:
        facts.append(_("the middle answer: %(step)s", step=step_words(figures.middle)))
    return facts


def _bars(asked: Asked, figures: Figures) -> list[Bar]:
    if figures.kind == "number":
        labels = {step: step_words(step) for step in STEPS if step in figures.counts}
    else:
        labels = {**asked.answers, **{key: asked.answers.get(key, key) for key in figures.counts}}
    shares = ((label, figures.share(key)) for key, label in labels.items())
    return [Bar(label, share, _("%(share)s of 100", share=share)) for label, share in shares]


def _rows(asked: Asked, own: Sequence[Count], versions: Mapping[int, int]) -> list[tuple[str, str, str]]:
    rows = [(name_of_language(each), Slice(each)) for each in languages_of(own)]
    rows += [(name_of_version(each, versions), Slice(version=each)) for each in versions_of(own)]
    found = [(label, list(add_up(narrow(own, through)).values())) for label, through in rows]
    return [(label, format_number(each.answered), _told(asked, each)) for label, (each,) in found]


def _told(asked: Asked, figures: Figures) -> str:
    """Return the figures of one group in a line: the facts, or, of choices, how many chose each."""
    return ", ".join(facts_of(figures)[1:]) or "; ".join(f"{bar.label}: {bar.text}" for bar in _bars(asked, figures))


def name_of_language(tag: str) -> str:
    """Return the name of a language in itself."""
    return dict(LANGUAGES).get(tag, tag)


def name_of_version(revision_id: int, versions: Mapping[int, int]) -> str:
    """Return how a version is called: by the publication with which it came."""
    return _("Version %(number)s", number=versions.get(revision_id, 0))


def level_share(questions: Collection[Asked], level: str, figures: Mapping[str, Figures]) -> str:
    """Return how many of a hundred answers on a level were 4 or 5, in words; "–" where nothing may be shown."""
    own = [figures[each.id] for each in questions if each.level == level and each.id in figures]
    on_scale = [each for each in own if each.kind == "likert"]
    answered = sum(each.answered for each in on_scale)
    top = sum(each.counts.get(value, 0) for each in on_scale for value in ("4", "5"))
    return _("%(share)s of 100", share=round(100 * top / answered)) if answered else "–"
