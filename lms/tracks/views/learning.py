"""A learner's page of one track: the way so far, what counts, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import Library, Text, current, marks
from lms.courses.specs import ModuleSpec
from lms.db import reading, write
from lms.errors import NotFound
from lms.i18n import format_date, format_hours, language
from lms.i18n import gettext as _
from lms.organizations.queries import names_of
from lms.tracks import messages, queries, service
from lms.tracks.forms import ButtonForm
from lms.tracks.rules import ItemProgress, TrackProgress
from lms.tracks.views.blueprint import bp
from lms.web.access import get_actor, signed_in
from lms.web.showing import Step, beneath, marked, wants_both


@dataclass(frozen=True)
class Ask:
    """That an employer asks for this track, and by when."""

    organization: str
    state: str
    due: str
    due_iso: str


@bp.get("/tracks/<key>")
@signed_in
def show(key: str) -> str:
    """Show the reader's way through a track, and the next step."""
    library, person_id = current(reading()), get_actor().person_id
    progress = queries.progress_of(reading(), library, [person_id], [key]).get((person_id, key))
    if progress is None:
        raise NotFound
    return _page(library, key, progress)


@bp.post("/tracks/<key>/enrol")
@signed_in
def enrol(key: str) -> Response:
    """Put the reader on a track of her own choice."""
    actor, form = get_actor(), ButtonForm()
    if form.validate_on_submit() and write(lambda session: service.enrol_self(session, actor, key, at=now())):
        flash(_("You are on this track now. What you did before counts."), "success")
    return redirect(url_for("tracks.show", key=key))


def _page(library: Library, key: str, progress: TrackProgress) -> str:
    title = queries.track_title(library, key, language())
    steps = [_step(library, key, item) for item in progress.items]
    unrecorded = [_unrecorded(library, key, item) for item in progress.unrecorded]
    summary = queries.track_summary(library, key, language())
    states = [title.state, summary.state, *(step.wording for step in (*steps, *unrecorded))]
    steps = marked(steps)
    following = progress.current
    if progress.state == "open":  # she is nowhere on the way yet
        steps = [replace(step, state="todo" if step.state == "current" else step.state) for step in steps]
    return render_template(
        "tracks/show.html",
        key=key,
        title=title,
        summary=summary,
        marks=marks(states),
        both=wants_both(),
        progress=progress,
        steps=steps,
        unrecorded=unrecorded,
        following=steps[progress.items.index(following)] if following else None,
        resume=url_for("courses.resume", module_key=following.module_key) if following else None,
        asks=_asks(key) if progress.state != "completed" else [],
        minutes=sum(_minutes(library, item) for item in progress.items if item.state != "done"),
    )


def _step(library: Library, key: str, item: ItemProgress) -> Step:
    if item.module_key is None:
        title = queries.item_title(library, key, item.id, item.title, language())
        return _titled(title, "planned", _("We are preparing this part."))
    title = queries.module_title(library, item.module_key, language())
    note = _("Done on %(date)s", date=format_date(item.completed_on)) if item.completed_on else ""
    if not note and (minutes := _minutes(library, item)):
        note = _("About %(time)s", time=format_hours(minutes))
    is_taught = library.find("module", item.module_key) is not None
    href = url_for("courses.module", module_key=item.module_key) if is_taught else None
    return _titled(title, item.state, note, href)


def _unrecorded(library: Library, key: str, item: ItemProgress) -> Step:
    title = queries.item_title(library, key, item.id, item.title, language())
    return _titled(title, "planned", messages.unavailable())


def _titled(title: Text, state: str, note: str, href: str | None = None) -> Step:
    return Step(title, state, note, href, beneath(title, both=wants_both()), wording=title.state)


def _minutes(library: Library, item: ItemProgress) -> int:
    """Return how long an item takes; 0 where that is not known."""
    if item.module_key is None or library.find("module", item.module_key) is None:
        return 0
    return library.spec(ModuleSpec, "module", item.module_key).minutes


def _asks(key: str) -> list[Ask]:
    """Return which of the reader's employers ask for this track. At most two queries."""
    actor = get_actor()
    rows = [row for row in queries.own_assignments(reading(), actor.person_id, actor.today) if row.track_key == key]
    names = names_of(reading(), [row.organization_id for row in rows])
    return [
        Ask(
            names[row.organization_id],
            row.state,
            format_date(row.due_on),
            row.due_on.isoformat() if row.due_on else "",
        )
        for row in rows
    ]
