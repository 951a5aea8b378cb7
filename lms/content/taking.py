"""What translators send back, merged sentence by sentence with what went out and with what is here now.

What only they changed is taken. What changed here meanwhile stays, and their words are kept in a comment beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lms.content.po import Entry, same_person
from lms.content.sending import Sent, print_of
from lms.content.translations import find_faults, follow, place, renewed


@dataclass(frozen=True)
class Hand:
    """Who sends a translation back, "" when nobody says so, and the day on which it is taken, as 2026-11-22."""

    who: str
    on: str


@dataclass
class Merged:
    """One PO file after a merge. Lines are those of the file that came back."""

    entries: list[Entry]
    #: The same before.
    before: tuple[Entry, ...]
    #: Their entries that were taken.
    taken: list[Entry] = field(default_factory=list)
    #: What could not be taken, and what was done with it: line and sentence.
    kept: list[tuple[int, str]] = field(default_factory=list)
    #: What is wrong with what came back; then nothing of the archive is taken.
    faults: list[tuple[int, str]] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        """Return whether anything has to be written."""
        return tuple(self.entries) != self.before


def merge(
    sentences: Mapping[str, str],
    ours: list[Entry],
    theirs: list[Entry],
    sent: Mapping[str, Sent],
    locale: str,
    hand: Hand,
) -> Merged:
    """Return `ours`, up to date with the English `sentences`, with what `theirs` changed since it was `sent`."""
    present = [entry for entry in theirs if not entry.is_former]
    entries = follow(sentences, ours, hand.on)
    merged = Merged(entries, tuple(entries))
    merged.faults += _faults(present, sent, locale)
    if not merged.faults:
        _Merging(merged, sentences, sent, hand).take(present)
    return merged


def _faults(theirs: list[Entry], sent: Mapping[str, Sent], locale: str) -> Iterator[tuple[int, str]]:
    """Yield what makes an archive unfit: sentences of nobody, changed English, and faults of changed words."""
    for entry in theirs:
        was, now = sent.get(entry.context), print_of(entry)
        if was is None:
            yield entry.line, f"{entry.context!r} did not go out"
        elif was.english != now.english:
            yield entry.line, f"the English of {entry.context!r} is not the one that went out; change only msgstr"
        elif was.text != now.text and entry.text:
            yield from ((entry.text_line, fault.message) for fault in find_faults(entry, locale))


class _Merging:
    """Takes one sentence after another."""

    def __init__(self, merged: Merged, sentences: Mapping[str, str], sent: Mapping[str, Sent], hand: Hand) -> None:
        self.merged = merged
        self.sentences = sentences
        self.sent = sent
        self.hand = hand
        self.places = {entry.context: at for at, entry in enumerate(merged.entries) if not entry.is_former}

    def take(self, theirs: list[Entry]) -> None:
        """Take what `theirs` changed."""
        placed = place(self.sentences, theirs)
        homes = {entry.context: context for context, entry in placed.items()}
        for entry in theirs:
            was = self.sent[entry.context]
            if print_of(entry) == was:
                continue
            context = homes.get(entry.context)
            if not entry.text:
                self._emptied(entry, was)
            elif context is None:
                self._homeless(entry)
            else:
                self._settle(self.places[context], entry, was)

    def _emptied(self, entry: Entry, was: Sent) -> None:
        at = self.places.get(entry.context)
        if at is None:
            return
        mine = self.merged.entries[at]
        if mine.text and print_of(entry).text != was.text:
            self.merged.kept.append((entry.text_line, "came back empty; the words that are here stay"))
        elif not mine.text and mine.notes != entry.notes:
            self._put(at, replace(mine, notes=self._notes(mine, entry, was)), entry)

    def _homeless(self, entry: Entry) -> None:
        """Keep the words of a sentence that is gone, in case it comes back."""
        known = {(each.english, each.text) for each in self.merged.entries}
        if (entry.english, entry.text) not in known:
            at = (entry.context, entry.english)
            mine = next((each for each in self.merged.entries if (each.context, each.english) == at), Entry(*at))
            self.merged.entries.append(replace(self._told(mine, entry, self.sent[entry.context]), is_former=True))
        self.merged.kept.append((entry.text_line, "its sentence is gone; the words stand at the end of the file"))

    def _settle(self, at: int, entry: Entry, was: Sent) -> None:
        """Take the words, the state or the notes of one sentence, or keep ours."""
        mine = self.merged.entries[at]
        ours, now = print_of(mine), print_of(entry)
        has_new_words = now.text not in {was.text, ours.text}
        if has_new_words and self._changed_here(mine, ours, was):
            self._conflict(at, entry)
            return
        notes = self._notes(mine, entry, was)
        if has_new_words:
            fresh = replace(self._told(mine, entry, was), notes=notes)
        elif (now.signed, now.flags) == (was.signed, was.flags) or (now.signed, now.flags) == (ours.signed, ours.flags):
            fresh = replace(mine, notes=notes)
        elif ours.text != now.text or self._changed_here(mine, ours, was):
            message = f"the state here is {mine.state!r} now and stays; {entry.state!r} came back"
            self.merged.kept.append((entry.line, message))
            return
        else:
            fresh = replace(entry, notes=notes, translated_by=entry.translated_by or mine.translated_by)
            self._check_approval(fresh)
        self._put(at, renewed(fresh, mine.context, mine.english, self.hand.on), entry)

    def _put(self, at: int, fresh: Entry, entry: Entry) -> None:
        """Let `fresh` stand at a place, and note `entry` as taken when that changes anything."""
        mine = self.merged.entries[at]
        fresh = replace(fresh, line=mine.line, text_line=mine.text_line)
        if fresh.is_fuzzy:
            since = (mine.stale_since if mine.is_fuzzy else "") or fresh.stale_since or self.hand.on
            fresh = replace(fresh, state="draft", stale_since=since)
        else:
            fresh = replace(fresh, stale_since="", previous=None)
        if fresh != mine:
            self.merged.entries[at] = fresh
            self.merged.taken.append(entry)

    def _changed_here(self, mine: Entry, ours: Sent, was: Sent) -> bool:
        """Return whether words or state were changed here since; that the English did is another matter."""
        if ours.text != was.text:
            return True
        is_only_older = mine.is_fuzzy and ours.english != was.english
        return (ours.signed, ours.flags) != (was.signed, was.flags) and not is_only_older

    def _told(self, mine: Entry, entry: Entry, was: Sent) -> Entry:
        """Return an entry with new words: a draft of today, unless who wrote them signed anew.

        The name of who wrote the words before says nothing of the new ones: they are theirs who sends them back, or
        for want of that name theirs who answers for them.
        """
        is_signed = (entry.state, entry.by, entry.on, entry.translated_by) != ("draft", "", "", "")
        if not is_signed or print_of(entry).signed == was.signed:
            who = self.hand.who
            return replace(entry, state="draft", by="", on=self.hand.on, translated_by=who, made="", checked="")
        is_named = entry.translated_by and not same_person(entry.translated_by, mine.translated_by)
        told = entry if is_named else replace(entry, translated_by=self.hand.who or entry.by)
        self._check_approval(told)
        return told

    def _check_approval(self, entry: Entry) -> None:
        """Note as a fault that somebody approves what she wrote."""
        if entry.state == "approved" and same_person(entry.by, entry.translated_by):
            message = f"{entry.by[:60]} translated this, and so cannot approve it"
            self.merged.faults.append((entry.text_line, message))

    def _notes(self, mine: Entry, entry: Entry, was: Sent) -> tuple[str, ...]:
        """Return the comments: theirs where only they changed them, ours where they did not, else both."""
        if print_of(entry).notes in {was.notes, print_of(mine).notes}:
            return mine.notes
        if print_of(mine).notes == was.notes:
            return entry.notes
        return (*mine.notes, *(each for each in entry.notes if each not in mine.notes))

    def _conflict(self, at: int, entry: Entry) -> None:
        """Keep ours, with their words in a comment, once."""
        mine = self.merged.entries[at]
        words = " / ".join(entry.text.split("\n"))
        if not any(note.endswith(f": {words}") for note in mine.notes):
            note = f"other words of {self.hand.on}{f' by {self.hand.who}' if self.hand.who else ''}: {words}"
            self.merged.entries[at] = replace(mine, notes=(*mine.notes, note))
        message = f"the words here have changed since they went out and stay; yours are in a comment beside: {words}"
        self.merged.kept.append((entry.text_line, message))
