"""Asking for approved wording on a track, with whom that touches in sight; and who learns on another route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import Library, Text, current
from lms.db import reading, write
from lms.i18n import LANGUAGES, language
from lms.i18n import gettext as _
from lms.organizations.queries import PAGE_SIZE, names_of
from lms.people.queries import names_of_accounts
from lms.tracks import policy, queries, service
from lms.tracks.forms import DemandForm
from lms.tracks.messages.wording import ROUTE_NAMES, gap_lines, gaps_words
from lms.tracks.queries import DemandRow
from lms.tracks.views.blueprint import bp
from lms.web.access import get_actor, roles
from lms.web.forms import form_page, page_href, page_of

Page = str | tuple[str, int] | Response
#: What languages and routes are called.
_NAMES: Mapping[str, Mapping[str, str]] = {"tongues": dict(LANGUAGES), "routes": ROUTE_NAMES}


@dataclass(frozen=True)
class Tongue:
    """One language of a track: what is not approved, and how many are on the way in it."""

    tag: str
    name: str
    whole: str
    lines: list[tuple[Text, str]]
    learners: int


@bp.get("/certify/wording")
@roles("administrator", "certifier")
def wording() -> str:
    """List the tracks, and which of them ask for approved wording."""
    library = current(reading())
    newest: dict[str, DemandRow] = {}
    for row in queries.list_demands(reading()):
        newest.setdefault(row.track_key, row)
    names = names_of_accounts(reading(), {row.set_by for row in newest.values()})
    rows = [(card, newest.get(card.key)) for card in queries.list_cards(library, language())]
    return render_template("tracks/wording.html", rows=rows, names=names)


@bp.get("/certify/wording/<key>")
@roles("administrator", "certifier")
def wording_of(key: str) -> Page:
    """Show what asking for approved wording on a track would touch, what was set before, and the button."""
    return _page(key, DemandForm())


@bp.post("/certify/wording/<key>")
@roles("administrator", "certifier")
def set_wording(key: str) -> Page:
    """Ask for approved wording on a track from now on, or no longer; a second tap changes nothing."""
    actor, form = get_actor(), DemandForm()
    if not form.validate_on_submit():
        return _page(key, form)
    wish = {"is_asked": form.asked.data == "1", "client_id": form.client_id.data}
    if write(lambda session: service.set_demand(session, actor, key, **wish, at=now())):
        flash(_("Saved."), "success")
    return redirect(url_for("tracks.wording_of", key=key))


def _page(key: str, form: DemandForm) -> Page:
    library = current(reading())
    library.get("track", key)
    history = queries.list_demands(reading(), key)
    is_asked = bool(history) and history[0].is_asked
    form.asked.data = "" if is_asked else "1"
    return form_page(
        "tracks/wording_of.html",
        form,
        key=key,
        title=queries.track_title(library, key, language()),
        is_asked=is_asked,
        tongues=_tongues(library, key),
        history=history,
        names=names_of_accounts(reading(), {row.set_by for row in history}),
    )


def _tongues(library: Library, key: str) -> list[Tongue]:
    gaps, learners = queries.gaps_of(library, key), queries.count_learners(reading(), key)
    return [
        Tongue(tag, name, gaps_words(found), gap_lines(library, found), learners.get(tag, 0))
        for tag, name in LANGUAGES
        if tag != "en"
        for found in [gaps.get(tag, ())]
    ]


@bp.get("/team/reading")
@roles("supervisor", "trainer")
def reading_with() -> str:
    """List who has no approved words, and how each learns: with a trainer, in a session, with English beneath."""
    actor, library = get_actor(), current(reading())
    asked = (reading(), library, policy.visible_routes(actor), actor.today)
    count, people = queries.count_unworded(*asked)
    number, pages = page_of(count, PAGE_SIZE)
    rows = queries.list_unworded(*asked, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return render_template(
        "tracks/reading_with.html",
        rows=rows,
        titles={row.track_key: queries.track_title(library, row.track_key, language()) for row in rows},
        places=names_of(reading(), {row.organization_id for row in rows if row.organization_id}),
        **_NAMES,
        people=people,
        page_now=(number, pages),
        href_for=page_href("tracks.reading_with"),
    )
