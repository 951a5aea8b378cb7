"""Who is blocked for want of approved wording, as the last look before assigning shows it, and what is chosen there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import request

from lms.content.library import Library, Text
from lms.db import reading
from lms.i18n import LANGUAGES
from lms.people.queries import known_as
from lms.tracks import queries, rules, service
from lms.tracks.messages.wording import demand_words, gap_lines, gaps_words
from lms.tracks.rules import Routes


@dataclass(frozen=True)
class BlockedPerson:
    """Somebody who is blocked: her public id, her name, and what was chosen for her alone."""

    public_id: str
    name: str
    chosen: str


@dataclass(frozen=True)
class BlockedGroup:
    """All who are blocked in one language: what is missing, and what was chosen for them."""

    language: str
    tongue: str
    #: Which tracks ask for it, of a module that is asked for alone; "" for the track itself.
    demand: str
    whole: str
    lines: list[tuple[Text, str]]
    people: tuple[BlockedPerson, ...]
    chosen: tuple[str, ...]


def read_routes(public_ids: Mapping[str, int]) -> Routes:
    """Return what the form says for languages and, by their public ids, for people."""
    sent = request.form
    return Routes(
        {tag: sent[f"route-{tag}"] for tag, _ in LANGUAGES if sent.get(f"route-{tag}") in rules.CHOICES},
        {
            person_id: sent[f"route-of-{public_id}"]
            for public_id, person_id in public_ids.items()
            if sent.get(f"route-of-{public_id}") in rules.CHOICES
        },
    )


def list_blocked(library: Library, track_key: str, person_ids: Iterable[int]) -> list[BlockedGroup]:
    """Return who of these people is blocked, by language. One query; four where the track asks for it."""
    found = service.find_blocked(reading(), library, track_key, set(person_ids))
    if not found:
        return []
    gaps, known = queries.gaps_of(library, track_key), known_as(reading(), found)
    others = [key for key in queries.demands_on(reading(), library, track_key) if key != track_key]
    demand = demand_words(library, others) if others else ""
    groups = []
    for tag, tongue in LANGUAGES:
        people = sorted((known[each][1], known[each][0]) for each, language in found.items() if language == tag)
        if people:
            rows = tuple(BlockedPerson(id_, name, request.form.get(f"route-of-{id_}", "")) for name, id_ in people)
            chosen = tuple(filter(None, [request.form.get(f"route-{tag}")]))
            said = (gaps_words(gaps[tag]), gap_lines(library, gaps[tag]))
            groups.append(BlockedGroup(tag, tongue, demand, *said, rows, chosen))
    return groups
