"""Reads of the desk: the sentences of an object as a list shows them, and what to look at next in a language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.content.glossary import KEY, KIND, GlossarySpec
from lms.content.library import Library, spec_of
from lms.translating import policy
from lms.translating.queries.board import parts_of
from lms.translating.queries.progress import KINDS, SINGLE, sentences_of
from lms.translating.queries.proposals import Place, Told, critical_of, filed_of, list_open, persons_of, source_at
from lms.translating.queries.signing import signs_as
from lms.translating.rules import Sentence, Standing, is_shown, part_of, standing_of, steps_for, urgency


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
    return [each for each, _ in _listed(library, place, newest, comments, {})]


def _listed(
    library: Library,
    place: tuple[str, str, str],
    newest: Mapping[Place, Told],
    comments: Mapping[str, int],
    persons: Mapping[int, int],
) -> Iterator[tuple[Sentence, Standing]]:
    """Yield the sentences of an object and what stands at each, as far as the newest proposals tell it."""
    kind, key, locale = place
    source = source_at(library, kind, key, locale)
    words, critical = library.words(kind, key, locale), critical_of(source)
    for address, english in sentences_of(source).items():
        told = newest.get(Place(kind, key, address, locale))
        filed = filed_of(words, address, english)
        standing = standing_of(english, filed, [told.version] if told else [], persons)
        counted = comments.get(part_of(address), 0)
        shown = (address, english, standing.text, standing.state, address in critical, counted)
        yield Sentence(*shown, standing.version is not None, standing.has_moved), standing


def neighbours(sentences: Sequence[Sentence], at: str, show: str) -> tuple[str | None, str | None]:
    """Return the addresses of the sentences before and after the one at `at` among those that the list shows."""
    here = next((number for number, each in enumerate(sentences) if each.address == at), 0)
    before = [each.address for each in sentences[:here] if is_shown(each, show)]
    after = [each.address for each in sentences[here + 1 :] if is_shown(each, show)]
    return (before[-1] if before else None, after[0] if after else None)


def list_queue(session: Session, library: Library, locale: str, by: Actor | None = None) -> list[Waiting]:
    """Return the sentences of a language that have a next step, what is most urgent first; at most eight queries.

    Of who may write or approve (`by`) only those where she may do something; others see all that wait.
    """
    return [waiting for waiting, is_open in _ranked(session, library, locale, by) if is_open]


def around_in_queue(
    session: Session, library: Library, place: Place, by: Actor | None = None
) -> tuple[Place | None, Place | None]:
    """Return what the queue has before and after a sentence, also where that itself is not in it."""
    ranked = _ranked(session, library, place.locale, by)
    here = next(number for number, (each, _) in enumerate(ranked) if each.place == place)
    before = [each.place for each, is_open in ranked[:here] if is_open]
    after = [each.place for each, is_open in ranked[here + 1 :] if is_open]
    return (before[-1] if before else None, after[0] if after else None)


def _ranked(session: Session, library: Library, locale: str, by: Actor | None) -> list[tuple[Waiting, bool]]:
    """Return every sentence of a language in the order of the queue, and whether it belongs there."""
    newest = list_open(session, library, [locale])
    persons, use = persons_of(session, newest.values()), _use_of(library)
    found: list[tuple[tuple[int, int, int], Waiting, Standing]] = []
    for kind in (*KINDS[:1], *SINGLE):
        for key in library.keys(kind):
            for each, standing in _listed(library, (kind, key, locale), newest, {}, persons):
                waiting = Waiting(Place(kind, key, each.address, locale), each)
                found.append((urgency(each, use.get((kind, key), 0)), waiting, standing))
    signs = signs_as(session, by, {each.translator for _, _, each in found}) if by is not None else ""
    ordered = sorted(found, key=lambda each: each[0])
    return [(each, _is_open(each.sentence, standing, locale, by, signs)) for _, each, standing in ordered]


def _is_open(sentence: Sentence, standing: Standing, locale: str, by: Actor | None, signs: str) -> bool:
    """Return whether a sentence has a next step, for `by` where she may write or approve; files name her `signs`."""
    if by is None or not policy.can_approve(by, locale):
        return sentence.state != "approved" or sentence.has_moved
    knows = policy.can_write(by, locale)
    if knows and (sentence.has_moved or sentence.state in {"missing", "stale"}):
        return True
    return bool(steps_for(standing, by.person_id, is_critical=sentence.is_critical, knows=knows, signs=signs))


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
