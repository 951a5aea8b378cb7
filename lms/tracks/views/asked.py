"""Why she is asked: who asks a worker for a track, since when, by when, and because of what."""

from __future__ import annotations

from flask import render_template

from lms.content.library import current
from lms.db import reading
from lms.errors import NotFound
from lms.i18n import gettext as _
from lms.i18n import language
from lms.organizations.queries import names_of, team_names
from lms.organizations.rules import criteria_of
from lms.tracks import messages, queries
from lms.tracks.queries import AssignmentRow
from lms.tracks.views.blueprint import bp
from lms.web.access import get_actor, signed_in


@bp.get("/tracks/<key>/asked")
@signed_in
def asked(key: str) -> str:
    """Show who asks the reader for a track, and why; missing where nobody does."""
    actor = get_actor()
    rows = [row for row in queries.own_assignments(reading(), actor.person_id, actor.today) if row.track_key == key]
    if not rows:
        raise NotFound
    title = queries.track_title(current(reading()), key, language())
    names, reasons = names_of(reading(), {row.organization_id for row in rows}), _reasons(rows, actor.person_id)
    asks = [(names[row.organization_id], row, reason) for row, reason in zip(rows, reasons, strict=True)]
    return render_template("tracks/asked.html", key=key, title=title, asks=asks)


def _reasons(rows: list[AssignmentRow], person_id: int) -> list[str]:
    """Return why each row is asked. At most two queries."""
    found = queries.reasons_of(reading(), person_id)
    teams = team_names(reading(), {each for kept in found.values() for each in kept.get("teams", ())})
    words = {place: messages.reason_words(criteria_of(kept), teams) for place, kept in found.items()}
    by_hand = _("Your supervisor chose you.")
    return [words.get((row.organization_id, row.track_key, row.cycle), by_hand) for row in rows]
