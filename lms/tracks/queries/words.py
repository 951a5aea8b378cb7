"""The words of tracks in the reader's language, and how long they take. No query: all of it is in the library."""

from __future__ import annotations

from dataclasses import dataclass

from lms.competencies.specs import FrameworkSpec
from lms.content.library import Library, Text
from lms.courses.specs import ModuleSpec
from lms.tracks.queries.ahead import track_minutes
from lms.tracks.specs import TrackSpec


@dataclass(frozen=True)
class TrackCard:
    """What a list of tracks shows. `minutes` sums the modules of the cheapest way through it."""

    key: str
    title: Text
    summary: Text
    minutes: int
    level: str
    can_be_met: bool


def track_title(library: Library, track_key: str, locale: str) -> Text:
    """Return a track's title; of a track that is no longer published, its key."""
    source = library.find("track", track_key)
    if source is None:
        return Text(track_key, "source", track_key)
    english = library.spec(TrackSpec, "track", track_key).title
    return library.words("track", track_key, locale).text(f"{track_key}.yml:title", english)


def track_summary(library: Library, track_key: str, locale: str) -> Text:
    """Return what a track is about; nothing for a track that is no longer published."""
    source = library.find("track", track_key)
    if source is None:
        return Text("", "source", "")
    english = library.spec(TrackSpec, "track", track_key).summary
    return library.words("track", track_key, locale).text(f"{track_key}.yml:summary", english)


def module_title(library: Library, module_key: str, locale: str) -> Text:
    """Return a module's title; of a module that is no longer published, its key."""
    source = library.find("module", module_key)
    if source is None:
        return Text(module_key, "source", module_key)
    english = library.spec(ModuleSpec, "module", module_key).title
    return library.words("module", module_key, locale).text("module.yml:title", english)


def item_title(library: Library, track_key: str, item_id: str, english: str, locale: str) -> Text:
    """Return the words of a planned item, of hours or of a sign-off."""
    return library.words("track", track_key, locale).text(f"{track_key}.yml:{item_id}.title", english)


def level_title(library: Library, level_id: str, locale: str) -> Text:
    """Return the title of a level of the ladder; of one that no framework has, its id."""
    for key in library.keys("framework"):
        for level in library.spec(FrameworkSpec, "framework", key).levels:
            if level.id == level_id:
                return library.words("framework", key, locale).text(f"{key}.yml:{level_id}.title", level.title)
    return Text(level_id, "source", level_id)


def list_cards(library: Library, locale: str) -> list[TrackCard]:
    """Return every published track, those that can be completed first, then by title."""
    cards = []
    for key in library.keys("track"):
        track = library.spec(TrackSpec, "track", key)
        title, summary = track_title(library, key, locale), track_summary(library, key, locale)
        cards.append(TrackCard(key, title, summary, track_minutes(library, key), track.level, track.can_be_met))
    return sorted(cards, key=lambda card: (not card.can_be_met, card.title.text))
