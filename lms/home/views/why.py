"""Why a track of somebody stands as it does, reduced to what an organization that asked for it may know."""

from __future__ import annotations

from datetime import date

from flask import render_template

from lms.content.library import published_as
from lms.db import reading
from lms.errors import NotFound
from lms.home.queries import Asked, SpellHere
from lms.home.views.blueprint import bp
from lms.home.views.learner import stands
from lms.home.views.person import Page, find_page, last_day, note_look, stands_here
from lms.home.views.words import titles_of
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
    asked, spell = _asked(page, key)
    day = last_day(page, spell)
    progress = page.gathered.standing.progress(page.person.person_id, key, day)
    if progress is None or progress.cycle != asked.cycle:
        raise NotFound
    note_look(page)
    return render_template(
        "home/why.html", name=page.person.name, public_id=public_id, **_told(page, asked, progress, day)
    )


def _asked(page: Page, key: str) -> tuple[Asked, SpellHere]:
    """Return what the reader's organizations asked of a person about a track, and in which spell; else `NotFound`."""
    for spell in page.spells:
        for asked in page.facts.asked:
            if asked.track_key == key and stands_here(page, spell, asked):
                return asked, spell
    raise NotFound


def _told(page: Page, asked: Asked, progress: TrackProgress, day: date) -> dict[str, object]:
    titles, explained = titles_of(page.library), progress.explained
    words = PartWords(page.library, asked.track_key, language(), explained, reduced=True)
    parts = {each.id: each for each in (*progress.items, *progress.others)}
    shown = [parts[part.id] for part in explained.parts if part.state not in {"spare", "extra"}]

    def step(item: ItemProgress) -> Step:
        title = titles.item(asked.track_key, item)
        state = "todo" if item.state == "current" else item.state
        return Step(title.label, state, words.note(item.part), None, title.english, title.tag)

    standing = page.gathered.standing
    done = standing.completion(page.person.person_id, asked.track_key)
    revision_id = done.revision_id if done else standing.revision_of(page.person.person_id, asked.track_key)
    return {
        "title": titles.track(asked.track_key),
        "organization": asked.organization,
        "state": stands(asked.due_on, day, progress.completed_on),
        "done": progress.done,
        "total": progress.total,
        "so_far": so_far(explained),
        "counts": [step(each) for each in shown if each.state == "done"],
        "missing": [step(each) for each in shown if each.state != "done"],
        "version": published_as(reading(), revision_id),
    }
