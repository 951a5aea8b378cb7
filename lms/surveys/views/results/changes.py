"""The page "You said, we changed": what became of answers, for everybody who gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.library import Library, current
from lms.db import reading
from lms.i18n import format_date, language
from lms.i18n import gettext as _
from lms.surveys.queries.results.asked import list_asked
from lms.surveys.queries.results.figures import counts_for
from lms.surveys.queries.results.loop import PAGE, FindingRow, count_changes, list_changes
from lms.surveys.rules.loop import Told, in_language
from lms.surveys.rules.results import Figures, compare
from lms.surveys.views.blueprint import bp
from lms.surveys.views.results.board import subject_words
from lms.surveys.views.results.saying import share_words
from lms.web.access import signed_in
from lms.web.forms import page_href, page_of

#: What was answered before a change, and since.
Around = tuple[Figures, Figures]


@dataclass(frozen=True)
class Change:
    """One change as a worker reads it. `compared` holds sentences of before and since, none where too few answered."""

    subject: str
    told: Told
    lang: str
    when: str
    compared: Sequence[tuple[str, str]]


@bp.get("/changes")
@signed_in
def changes() -> str:
    """Show what was changed because of answers, the newest first."""
    session = reading()
    page, pages = page_of(count_changes(session), PAGE)
    found = list_changes(session, page)
    around, library = figures_around(session, found), current(session)
    return render_template(
        "surveys/results/changes.html",
        changes=[_change(library, each, around.get(each.id)) for each in found],
        page=page,
        pages=pages,
        href_for=page_href("surveys.changes"),
    )


def _change(library: Library, each: FindingRow, around: Around | None) -> Change:
    asked = next((one for one in list_asked(library, each.survey_key, language()) if one.id == each.question_id), None)
    labels = list(asked.answers.values())[-2:] if asked and asked.type == "likert" else ()
    compared = before_and_since(around, labels)
    if asked and compared:
        compared = [(_("We asked"), asked.prompt), *compared]
    told, lang = in_language(each.told or {}, language())
    assert each.published_at is not None  # noqa: S101 -- a constraint: answered means by a publication
    when = format_date(local_date(each.published_at))
    return Change(subject_words(library, each.subject_key), told, lang, when, compared)


def figures_around(session: Session, found: Sequence[FindingRow]) -> dict[int, Around]:
    """Return by id what was answered before and since; an answered finding is left out where either may not be shown.

    One query for all, or none.
    """
    answered = [each for each in found if each.answered_version_id is not None]
    counts = counts_for(session, {(each.survey_key, each.subject_key) for each in answered})
    around: dict[int, Around] = {}
    for each in answered:
        own = counts[each.survey_key, each.subject_key]
        before, since = compare(own, each.question_id, each.answered_version_id or 0)
        if before and since and before.kind == since.kind == "likert":
            around[each.id] = (before, since)
    return around


def before_and_since(around: Around | None, labels: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return the sentences of what was answered before and since, none without figures; `labels` as `share_words`."""
    if around is None:
        return []
    before, since = around
    return [(_("Before the change"), share_words(before, labels)), (_("Since"), share_words(since, labels))]
