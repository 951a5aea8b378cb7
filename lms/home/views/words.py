"""The words of tracks, modules and lessons on one page: in the reader's language, their English beneath once."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup, escape

from lms.competencies.queries import competency_title
from lms.content.library import Library, Text
from lms.courses.specs import ModuleSpec
from lms.i18n import gettext as _
from lms.i18n import language
from lms.tracks import queries as tracks
from lms.tracks.rules import ItemProgress
from lms.web.showing import wants_both

#: How `ui.both` marks the states of a translation that is not approved.
_MARKS = {"missing": "missing", "stale": "stale"}


def label_of(text: Text) -> str | Markup:
    """Return words of content for any place on a page, marked as English where they are not translated."""
    return Markup('<span lang="en">{}</span>').format(text.text) if text.state == "missing" else text.text


def marked(sentence: str, text: Text) -> Markup:
    """Return a sentence of the program that holds words of content, these marked like `label_of` marks them."""
    return escape(sentence).replace(escape(text.text), escape(label_of(text)), 1)


@dataclass(frozen=True)
class Title:
    """Words to show. `english` stands beneath, and `state` beside, where they say something new on this page."""

    text: str
    english: str | None = None
    state: str | None = None
    #: The text is English for want of a translation, wherever it stands.
    is_fallback: bool = False

    @property
    def label(self) -> str | Markup:
        """Return the text, marked as English where it is not translated."""
        return Markup('<span lang="en">{}</span>').format(self.text) if self.is_fallback else self.text

    @property
    def tag(self) -> str | None:
        """Return the words of the small label of a translation that is not approved, or None."""
        if self.state is None:
            return None
        if self.state == "missing":
            return str(_("Not yet translated"))
        return str(_("Being updated") if self.state == "stale" else _("Draft translation"))


@dataclass
class Titles:
    """The titles of one page. English and the mark of a draft come with the first use of each, not again."""

    library: Library
    locale: str
    both: bool
    _shown: set[str] = field(default_factory=set)

    def title(self, text: Text) -> Title:
        """Return words as they are shown here."""
        is_fallback = text.state == "missing"
        if text.state == "source" or text.english in self._shown or (text.is_approved and not self.both):
            return Title(text.text, is_fallback=is_fallback)
        self._shown.add(text.english)
        state = None if text.is_approved else _MARKS.get(text.state, "draft")
        return Title(text.text, None if text.is_english else text.english, state, is_fallback)

    def track(self, key: str) -> Title:
        """Return a track's title."""
        return self.title(tracks.track_title(self.library, key, self.locale))

    def plain_track(self, key: str) -> str | Markup:
        """Return a track's title for a place beside its full one."""
        return label_of(tracks.track_title(self.library, key, self.locale))

    def plain_module(self, key: str) -> str | Markup:
        """Return a module's title for a place beside its full one."""
        return label_of(tracks.module_title(self.library, key, self.locale))

    def module(self, key: str) -> Title:
        """Return a module's title."""
        return self.title(tracks.module_title(self.library, key, self.locale))

    def lesson(self, module_key: str, lesson_key: str) -> Title:
        """Return the title of a lesson that its module has."""
        lesson = self.library.spec(ModuleSpec, "module", module_key).lesson(lesson_key)
        english = lesson.title if lesson else lesson_key
        words = self.library.words("module", module_key, self.locale)
        return self.title(words.text(f"lessons/{lesson_key}.md:title", english))

    def item(self, track_key: str, item: ItemProgress) -> Title:
        """Return the title of a part of a track."""
        if item.part.kind == "track":
            return self.track(item.part.key)
        if item.module_key is not None:
            return self.module(item.module_key)
        return self.title(tracks.item_title(self.library, track_key, item.id, item.title, self.locale))

    def level(self, level_id: str) -> Text:
        """Return the title of a level of the ladder; of one that no framework has, its id."""
        return tracks.level_title(self.library, level_id, self.locale)

    def competency(self, competency: str) -> Title:
        """Return the title of "framework/competency"; of one that no framework has any more, its key."""
        return self.title(competency_title(self.library, competency, self.locale))


def titles_of(library: Library) -> Titles:
    """Return the titles of the page that is being made, for its reader."""
    locale = language()
    return Titles(library, locale, both=wants_both())
