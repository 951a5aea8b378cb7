"""Rules of translations: what is wrong with one, what a PO file publishes, and how it follows its source."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import SequenceMatcher

from lms.content import lessons
from lms.content.glossary import GlossarySpec, glossary_hits, term_faults, without_names
from lms.content.numbers import number_fault
from lms.content.po import SIGNED_STATES, Entry
from lms.content.word_faults import Code, WordFault

#: Contexts whose last part is a position ("intro.3"), where another sentence may come to stand.
_POSITIONAL = re.compile(r"\.\d+$")
_PLACEHOLDER = re.compile(r"\{[\w-]+\}|%\(\w+\)s")
#: An apostrophe where Tongan and Samoan write the letter U+02BB: before a vowel, and after a vowel or no letter.
_GLOTTAL = re.compile(r"(?:(?<=[aeiouāēīōūáéíóú])|(?<![^\W\d_]))['’‘`´ʼ](?=[aeiouāēīōūáéíóú])", re.IGNORECASE)
_GLOTTAL_LOCALES = ("to", "sm")
#: What comes along unseen when words are pasted; files hold none of them (`lms.content.folder.text_faults`).
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
SIMILAR = 0.6  # of another place's sentence
STILL_SIMILAR = 0.4  # of the sentence at the same position


def is_markdown(context: str) -> bool:
    """Return whether the sentence at `context` is a segment of a lesson's text."""
    file, _, address = context.partition(":")
    return file.endswith(".md") and address != "title" and not address.startswith("objectives.")


def placeholders_in(text: str) -> list[str]:
    """Return the names that the program fills in, such as "{date}", sorted."""
    return sorted(_PLACEHOLDER.findall(text))


def can_show(text: str, english: str) -> bool:
    """Return whether the program can show `text` for today's English: it finds there what it fills in."""
    return placeholders_in(text) == placeholders_in(english)


def find_faults(entry: Entry, locale: str) -> Iterator[WordFault]:
    """Yield what is wrong with one translation."""
    text, made_from = entry.text, entry.made_from
    if text != text.strip():
        yield WordFault("blanks", "blanks at an end of the translation")
    if _CONTROL.search(text):
        yield WordFault("control", "control characters are not allowed")
    if "\n" in text and "\n" not in entry.english:
        yield WordFault("line_break", "a line break where the English has none")
    if made_from is not None and placeholders_in(text) != (wanted := placeholders_in(made_from)):
        yield _kept("placeholders", wanted) if wanted else _kept("no_placeholders", ())
    if is_markdown(entry.context):
        yield from lessons.find_run_faults(text)
        if made_from is not None and lessons.links_in(text) != (wanted := lessons.links_in(made_from)):
            yield _kept("links", wanted) if wanted else _kept("no_links", ())
    if made_from is not None and (fault := number_fault(made_from, text)) and not fault.is_warning:
        yield WordFault("numbers", fault.message, (", ".join(fault.lost), ", ".join(fault.added)))
    if locale in _GLOTTAL_LOCALES and (found := _GLOTTAL.search(text)):
        around = repr(text[max(0, found.start() - 8) : found.end() + 8])
        yield WordFault("apostrophe", f"write ʻ (U+02BB), not an apostrophe, in {around}", (around,))


def _kept(code: Code, wanted: Collection[str]) -> WordFault:
    """Return the fault of a translation that lacks what the English has to be filled in or linked to, or has more."""
    listed = ", ".join(wanted)
    message = f"must have the same {code.removeprefix('no_')} as the English: {listed or 'none'}"
    return WordFault(code, message, (listed,) if wanted else ())


def find_doubts(entry: Entry, locale: str, glossary: GlossarySpec | None = None) -> Iterator[tuple[str, str]]:
    """Yield what deserves a look in one translation and may be right: a name for it, and a sentence.

    What the entry says is `checked`, by name, is left out.
    """
    checked = {each.strip() for each in entry.checked.split(",")}
    yield from ((name, message) for name, message in _doubts(entry, locale, glossary) if name not in checked)


def _doubts(entry: Entry, locale: str, glossary: GlossarySpec | None) -> Iterator[tuple[str, str]]:
    text, made_from = entry.text, entry.made_from
    if is_copy(entry):
        yield "copy", "the translation is the same as the English"
    if entry.state == "approved" and not entry.translated_by and entry.made != "machine":
        yield "translator", "approved, and nobody says who translated: `# translated by: name` or `# made: machine`"
    if made_from is None:
        return
    if (fault := number_fault(made_from, text)) and fault.is_warning:
        yield "numbers", fault.message
    if is_markdown(entry.context) and lessons.marks_in(text) != (marks := lessons.marks_in(made_from)):
        listed = ", ".join(f"{count} {mark}" for mark, count in marks.items() if count) or "none"
        yield "marks", f"its marks differ from the English, which has {listed}"
    if glossary is not None:
        hits = glossary_hits(glossary, without_names(made_from, text), locale)
        yield from term_faults(hits, text)


def is_copy(entry: Entry) -> bool:
    """Return whether the translation is the English itself, and more than names."""
    return entry.text == entry.english and len(re.findall(r"\b[a-z]{2,}", entry.text)) >= 3


def published_words(sentences: Mapping[str, str], entries: Iterable[Entry]) -> dict[str, dict[str, str]]:
    """Return the words of one locale by context: text, state, and the English they were made from.

    What is stale says `since` when, where the file does (2026-11-22); what is reviewed or approved, `by` whom and `on`
    which day; and who was the `translator`, where that is known: the translators' desk asks. An entry that is fuzzy, or
    made from other English than today's, is stale. One whose placeholders no longer fit cannot be shown and is left
    out, like one without words.
    """
    words = {}
    for entry in entries:
        english = sentences.get(entry.context)
        if english is None or not entry.text or entry.is_former:
            continue
        if not can_show(entry.text, english):
            continue
        is_stale = entry.is_fuzzy or entry.english != english
        source = (entry.made_from or "") if is_stale else english
        words[entry.context] = {"text": entry.text, "state": "stale" if is_stale else entry.state, "source": source}
        said = {"since": entry.stale_since, "translator": entry.translated_by}
        if words[entry.context]["state"] in SIGNED_STATES:
            said |= {"by": entry.by, "on": entry.on}
        words[entry.context] |= {name: value for name, value in said.items() if value}
    return dict(sorted(words.items()))


def follow(sentences: Mapping[str, str], entries: Iterable[Entry], on: str = "") -> list[Entry]:
    """Return the entries for `sentences`, in their order, with what `entries` know; never losing a translation.

    A sentence that moved takes its translation along. One that changed keeps the old translation as fuzzy,
    with the English it was made from, stale since the day `on`. What belongs to no sentence any more becomes a
    former entry.
    """
    return _Follower(sentences, entries).follow(on)


def place(sentences: Mapping[str, str], entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return by context which of `entries` belongs to which of today's `sentences`, as `follow` finds them."""
    follower = _Follower(sentences, entries)
    follower.match()
    return follower.found


class _Follower:
    """Matches old entries with today's sentences, the surest matches first."""

    def __init__(self, sentences: Mapping[str, str], entries: Iterable[Entry]) -> None:
        self.sentences = sentences
        self.loose = [entry for entry in entries if entry.text]
        self.empty = {entry.context: entry for entry in entries if not entry.text and not entry.is_former}
        self.found: dict[str, Entry] = {}

    def match(self) -> None:
        """Find the entry of each sentence."""
        for match in (self._same, self._moved, self._reverted, self._changed, self._similar):
            for context, english in self.sentences.items():
                if context not in self.found and (entry := match(context, english)):
                    self.loose.remove(entry)
                    self.found[context] = entry

    def follow(self, on: str) -> list[Entry]:
        """Return the entries, first the present ones, then the former; `on` is today."""
        self.match()
        present = [
            renewed(self.found[context], context, english, on)
            if context in self.found
            else self._empty(context, english)
            for context, english in self.sentences.items()
        ]
        former = {(each.context, each.english, each.text): replace(each, is_former=True) for each in self.loose}
        return [*present, *former.values()]

    def _empty(self, context: str, english: str) -> Entry:
        """Return an entry without words, with the notes that translators left there."""
        notes = self.empty[context].notes if context in self.empty else ()
        return Entry(context, english, notes=notes)

    def _at(self, context: str) -> Iterator[Entry]:
        return (entry for entry in self.loose if entry.context == context and not entry.is_former)

    def _same(self, context: str, english: str) -> Entry | None:
        return next((entry for entry in self._at(context) if entry.english == english), None)

    def _moved(self, context: str, english: str) -> Entry | None:
        """Return the entry of the same sentence elsewhere: here before, in the same file, or anywhere."""
        file = context.partition(":")[0]
        same = [entry for entry in self.loose if entry.english == english]
        nearness = {context: 0, file: 1}
        return min(
            same,
            key=lambda entry: nearness.get(entry.context, nearness.get(entry.context.partition(":")[0], 2)),
            default=None,
        )

    def _reverted(self, context: str, english: str) -> Entry | None:
        return next((entry for entry in self._at(context) if entry.is_fuzzy and entry.previous == english), None)

    def _changed(self, context: str, english: str) -> Entry | None:
        """Return the entry of the sentence that stood here; at a position only when it is still alike."""
        entry = next(self._at(context), None)
        if entry is None or not _POSITIONAL.search(context):
            return entry
        return entry if _likeness(entry, english) >= STILL_SIMILAR else None

    def _similar(self, context: str, english: str) -> Entry | None:
        """Return the most similar loose entry of the same file, if any is similar enough."""
        if not _POSITIONAL.search(context):
            return None
        file = context.partition(":")[0]
        near = [entry for entry in self.loose if entry.context.partition(":")[0] == file]
        best = max(near, key=lambda entry: _likeness(entry, english), default=None)
        return best if best is not None and _likeness(best, english) >= SIMILAR else None


def _likeness(entry: Entry, english: str) -> float:
    """Return how alike the entry's English and `english` are, from 0 to 1."""
    return SequenceMatcher(None, entry.made_from or entry.english, english, autojunk=False).ratio()


def renewed(entry: Entry, context: str, english: str, on: str = "") -> Entry:
    """Return `entry` for the sentence `english` at `context`: fuzzy, since `on`, when it was made from another one."""
    moved = replace(entry, context=context, english=english, is_former=False)
    if entry.english == english:
        return moved
    if entry.is_fuzzy and entry.previous == english:
        return replace(moved, is_fuzzy=False, previous=None, stale_since="")
    previous = entry.made_from or entry.english
    since = entry.stale_since if entry.is_fuzzy else on
    return replace(moved, is_fuzzy=True, previous=previous, state="draft", stale_since=since, checked="")
