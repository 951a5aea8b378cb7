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
from lms.surveys.queries.results.figures import counts_for
from lms.surveys.queries.results.loop import PAGE, FindingRow, count_changes, list_changes
from lms.surveys.rules.loop import Told, in_language
from lms.surveys.rules.results import compare
from lms.surveys.views.blueprint import bp
from lms.surveys.views.results.board import subject_words
from lms.surveys.views.results.saying import share_words
from lms.web.access import signed_in
from lms.web.forms import page_href, page_of


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
    compared, library = before_and_since(session, found), current(session)
    return render_template(
        "surveys/results/changes.html",
        changes=[_change(library, each, compared[each.id]) for each in found],
        page=page,
        pages=pages,
        href_for=page_href("surveys.changes"),
    )


def _change(library: Library, each: FindingRow, compared: Sequence[tuple[str, str]]) -> Change:
    told, lang = in_language(each.told or {}, language())
    assert each.published_at is not None  # noqa: S101 -- a constraint: answered means by a publication
    when = format_date(local_date(each.published_at))
    return Change(subject_words(library, each.subject_key), told, lang, when, compared)


def before_and_since(session: Session, found: Sequence[FindingRow]) -> dict[int, list[tuple[str, str]]]:
    """Return by id the sentences of each answered finding, for before and since; none where either may not be shown.

    One query for all, or none.
    """
    answered = [each for each in found if each.answered_version_id is not None]
    counts = counts_for(session, {(each.survey_key, each.subject_key) for each in answered})
    sentences: dict[int, list[tuple[str, str]]] = {each.id: [] for each in found}
    for each in answered:
        own = counts[each.survey_key, each.subject_key]
        before, since = compare(own, each.question_id, each.answered_version_id or 0)
        if before and since and before.kind == since.kind == "likert":
            sentences[each.id] = [(_("Before the change"), share_words(before)), (_("Since"), share_words(since))]
    return sentences
