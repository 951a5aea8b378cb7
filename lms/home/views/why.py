"""Why a track of somebody stands as it does, reduced to what an organization that asked for it may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for

from lms.content.library import published_as
from lms.db import reading
from lms.errors import NotFound
from lms.home.queries import Asked, SpellHere
from lms.home.views.blueprint import bp
from lms.home.views.learner import stands
from lms.home.views.person import Page, find_page, last_day, note_look, stands_here
from lms.home.views.words import Title, titles_of
from lms.i18n import gettext as _
from lms.i18n import language
from lms.tracks.messages import PartWords, so_far
from lms.tracks.rules import ItemProgress, TrackProgress
from lms.web.access import get_actor, roles
from lms.web.showing import Step


@bp.get("/team/people/<public_id>/tracks/<key>/why")
@roles("supervisor")
def team_why(public_id: str, key: str) -> str:
    """Show dates, hours and parts done of a track that was asked for; never scores, answers or reasons."""
    page = find_page(get_actor(), public_id)
    asked, spell = _asked(page, key, request.args.get("cycle", type=int))
    day = last_day(page, spell)
    progress = page.gathered.standing.progress_in(page.person.person_id, key, asked.cycle, day)
    if progress is None:
        raise NotFound
    note_look(page)
    return render_template(
        "home/why.html", name=page.person.name, public_id=public_id, **_told(page, asked, progress, day)
    )


def _asked(page: Page, key: str, cycle: int | None) -> tuple[Asked, SpellHere]:
    """Return what the reader's organizations asked of a person about a track, and in which spell; else `NotFound`.

    Without a `cycle` the latest one counts.
    """
    for spell in page.spells:
        here = [each for each in page.facts.asked if each.track_key == key and stands_here(page, spell, each)]
        wanted = [each for each in here if cycle in (None, each.cycle)]
        if wanted:
            return max(wanted, key=lambda each: each.cycle), spell
    raise NotFound


@dataclass(frozen=True)
class NextStep:
    """The simplest next step of somebody, and where her supervisor can help with it, "" where she cannot."""

    title: Title
    note: str
    href: str
    label: str


def _next_step(page: Page, progress: TrackProgress, words: PartWords, title: Title) -> NextStep | None:
    """Return the next step of one who has not finished, None where nothing can be done now, or she has left."""
    part = progress.explained.following
    if part is None or progress.completed_on is not None or page.present is None:
        return None
    helps = {
        "hours": ("fieldwork.person_hours", _("See her hours")),
        "sign-off": ("fieldwork.person_sign_offs", _("See her sign-offs")),
    }
    endpoint, label = helps.get(part.kind, ("", ""))
    is_own = page.person.person_id == page.actor.person_id
    href = url_for(endpoint, public_id=page.person.person_public_id) if endpoint and not is_own else ""
    return NextStep(title, words.note(part), href, label)


def _told(page: Page, asked: Asked, progress: TrackProgress, day: date) -> dict[str, object]:
    titles, explained = titles_of(page.library), progress.explained
    words = PartWords(page.library, asked.track_key, language(), explained, reduced=True)
    parts = {each.id: each for each in (*progress.items, *progress.others)}
    shown = [parts[part.id] for part in explained.parts if part.state not in {"spare", "extra"}]

    def step(item: ItemProgress) -> Step:
        title = titles.item(asked.track_key, item)
        state = "todo" if item.state == "current" else item.state
        return Step(title.label, state, words.note(item.part), None, title.english, title.tag)

    following = explained.following
    title = titles.item(asked.track_key, parts[following.id]) if following else Title("")
    standing = page.gathered.standing
    done = standing.completions.get((page.person.person_id, asked.track_key, asked.cycle))
    revision_id = done.revision_id if done else standing.revision_of(page.person.person_id, asked.track_key)
    return {
        "title": titles.track(asked.track_key),
        "organization": asked.organization,
        "following": _next_step(page, progress, words, title),
        "state": stands(asked.due_on, day, progress.completed_on),
        "done": progress.done,
        "total": progress.total,
        "so_far": so_far(explained),
        "counts": [step(each) for each in shown if each.state == "done"],
        "missing": [step(each) for each in shown if each.state != "done"],
        "version": published_as(reading(), revision_id),
    }
