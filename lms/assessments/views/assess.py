"""The queue of those who assess: attempts that wait, and entries that wait for a second person."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from lms.assessments import policy, queries
from lms.assessments.messages import LANGUAGE_NAMES, SOURCE_NAMES
from lms.assessments.queries import Narrowed
from lms.assessments.queries.waiting import PAGE_SIZE
from lms.assessments.rules import own_language
from lms.assessments.views.blueprint import bp
from lms.assessments.views.titles import names_of, quizzes, title_of
from lms.content.library import current
from lms.db import reading
from lms.web.access import get_actor, roles
from lms.web.forms import page_href, page_of


@bp.get("/assess")
@roles("trainer", "certifier")
def queue() -> str:
    """Show what waits for the reader, the longest waiting first."""
    seen, wanted = policy.assessable(get_actor()), _wanted()
    number, pages = page_of(queries.count_waiting(reading(), seen, wanted), PAGE_SIZE)
    return render_template(
        "assessments/queue.html",
        rows=queries.list_waiting(reading(), seen, wanted, page=number),
        **_entries(),
        **_words(),
        wanted=wanted,
        page=number,
        pages=pages,
        href_for=page_href("assessments.queue", language=wanted.language, module=wanted.module_key),
    )


def _wanted() -> Narrowed:
    """Return how the address narrows the queue."""
    language = request.args.get("language", "")
    return Narrowed(language if language in LANGUAGE_NAMES else "", request.args.get("module", "")[:80])


def _words() -> dict[str, Any]:
    """Return what keys are called, and the languages and modules to choose from."""
    library = current(reading())
    return {
        "filters": {"languages": list(LANGUAGE_NAMES.items()), "modules": quizzes()},
        "title_of": lambda key: title_of(library, key),
        "tongue": lambda shown: LANGUAGE_NAMES[own_language(shown)],
        "sources": SOURCE_NAMES,
    }


def _entries() -> dict[str, object]:
    """Return the entries that the reader may be the second person of, or answer for, and who entered them.

    Three queries.
    """
    entries = queries.list_entries(reading(), policy.settleable(get_actor()))
    objected = queries.list_entries(reading(), policy.answerable(get_actor()) & policy.unanswered())
    enterers = names_of(each.entered_by for each in (*entries, *objected))
    return {"entries": entries, "objected": objected, "enterers": enterers}
