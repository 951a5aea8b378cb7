"""Reads of the desk: the sentences of an object as a list shows them, and what to look at next in a language."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.content.glossary import KEY, KIND, GlossarySpec
from lms.content.library import Library, spec_of
from lms.translating.queries.board import parts_of
from lms.translating.queries.progress import KINDS, SINGLE, sentences_of
from lms.translating.queries.proposals import Place, Told, critical_of, filed_of, list_newest, source_at
from lms.translating.rules import Sentence, is_shown, part_of, standing_of, urgency


@dataclass(frozen=True)
class Waiting:
    """A sentence that has a next step, and where it stands."""

    place: Place
    sentence: Sentence


def list_sentences(
    library: Library, place: tuple[str, str, str], newest: Mapping[Place, Told], comments: Mapping[str, int]
) -> list[Sentence]:
    """Return the sentences of an object, in reading order; `place` is its kind, its key and the language.

    `comments` counts those of each part. Raise `NotFound`.
    """
    kind, key, locale = place
    source = source_at(library, kind, key, locale)
    words, critical = library.words(kind, key, locale), critical_of(source)
    found = []
    for address, english in sentences_of(source).items():
        told = newest.get(Place(kind, key, address, locale))
        standing = standing_of(english, filed_of(words, address, english), [told.version] if told else [])
        counted = comments.get(part_of(address), 0)
        shown = (address, english, standing.text, standing.state, address in critical, counted)
        found.append(Sentence(*shown, is_waiting=standing.version is not None))
    return found


def neighbours(sentences: Sequence[Sentence], at: str, show: str) -> tuple[str | None, str | None]:
    """Return the addresses of the sentences before and after the one at `at` among those that the list shows."""
    here = next((number for number, each in enumerate(sentences) if each.address == at), 0)
    before = [each.address for each in sentences[:here] if is_shown(each, show)]
    after = [each.address for each in sentences[here + 1 :] if is_shown(each, show)]
    return (before[-1] if before else None, after[0] if after else None)


def list_queue(session: Session, library: Library, locale: str, *, but: Collection[int] = ()) -> list[Waiting]:
    """Return the sentences of a language that are not approved, what is most urgent first; one query.

    What the accounts in `but` wrote last, and sent, is left out: somebody else goes on with it.
    """
    newest = list_newest(session, [locale])
    use = _use_of(library)
    found: list[tuple[tuple[int, int, int], Waiting]] = []
    for kind in (*KINDS[:1], *SINGLE):
        for key in library.keys(kind):
            for each in list_sentences(library, (kind, key, locale), newest, {}):
                place = Place(kind, key, each.address, locale)
                if each.state != "approved" and not _is_hers(newest.get(place), each, but):
                    found.append((urgency(each, use.get((kind, key), 0)), Waiting(place, each)))
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]


def _is_hers(told: Told | None, sentence: Sentence, but: Collection[int]) -> bool:
    """Return whether one of these accounts wrote what waits for somebody else."""
    return sentence.is_waiting and told is not None and sentence.state != "draft" and told.version.written_by in but


def _use_of(library: Library) -> dict[tuple[str, str], int]:
    """Return in how many tracks each object is used."""
    found: dict[tuple[str, str], int] = {}
    for track in library.keys("track"):
        for part in parts_of(library, track):
            found[part] = found.get(part, 0) + 1
    return found


def glossary_of(library: Library) -> GlossarySpec | None:
    """Return the published glossary, None where there is none."""
    source = library.find(KIND, KEY)
    return spec_of(GlossarySpec, source) if source else None
