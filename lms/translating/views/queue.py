"""The translators' queue: what to look at next in a language."""

from __future__ import annotations

from typing import Any

from flask import render_template

from lms.content.library import Library, current
from lms.db import reading
from lms.errors import NotFound
from lms.translating import messages, policy, queries
from lms.translating.views.blueprint import TONGUES, WHO, bp, title_of
from lms.translating.views.desk import PAGE_SIZE
from lms.web.access import get_actor, roles
from lms.web.forms import page_href, page_of


@bp.get("/content/<locale>/queue")
@roles(*WHO)
def queue(locale: str) -> str:
    """List what to look at next in a language: what could harm first, then older English, then what most tracks use."""
    actor, library = get_actor(), current(reading())
    if locale not in queries.LOCALES or not policy.can_read(actor, locale):
        raise NotFound(f"no language {locale!r} here")
    found = queries.list_queue(reading(), library, locale, actor)
    return render_template(
        "translating/queue.html",
        **_listed(library, locale, found),
        tongue=TONGUES[locale],
        tongue_tag=locale,
        states=messages.SENTENCES,
        critical=sum(each.sentence.is_critical for each in found),
        stale=sum(each.sentence.state == "stale" for each in found),
    )


def _listed(library: Library, locale: str, found: list[queries.Waiting]) -> dict[str, Any]:
    """Return the page of the queue that the address asks for, with the titles of what its rows belong to."""
    number, pages = page_of(len(found), PAGE_SIZE)
    rows = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    objects = {(each.place.kind, each.place.key) for each in rows}
    return {
        "rows": rows,
        "titles": {each: title_of(library, *each) for each in objects},
        "count": len(found),
        "page": number,
        "pages": pages,
        "href_for": page_href("translating.queue", locale=locale),
    }
