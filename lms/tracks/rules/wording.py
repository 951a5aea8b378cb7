"""Approved wording: in which languages a track has not got it, who is blocked by that, and how she learns then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lms.tracks.rules.files import Meant

#: How somebody may learn a track whose words are not approved in her language: a trainer reads it with her, a group
#: session, or English beneath her own language, if she reads it.
ROUTES = ("oral", "session", "both")
#: Nobody asks her now.
OUT = "out"
CHOICES = (*ROUTES, OUT)


@dataclass(frozen=True)
class Gap:
    """What one module has not approved in one language: {state: how many of its `total` sentences}."""

    module_key: str
    total: int
    open: Mapping[str, int]

    @property
    def count(self) -> int:
        """Return how many sentences are not approved."""
        return sum(self.open.values())


#: By language; one whose words are all approved is left out.
Gaps = Mapping[str, tuple[Gap, ...]]


@dataclass(frozen=True)
class Routes:
    """What was chosen for those who are blocked (`CHOICES`): for a language, and for a person before that."""

    by_language: Mapping[str, str] = field(default_factory=dict)
    by_person: Mapping[int, str] = field(default_factory=dict)

    def of(self, person_id: int, language: str) -> str | None:
        """Return what was chosen for somebody, None where nothing was."""
        found = self.by_person.get(person_id) or self.by_language.get(language)
        return found if found in CHOICES else None


@dataclass(frozen=True)
class Routing:
    """What becomes of those who are blocked: on which route each learns, who is left out, of whom nothing is said."""

    routes: Mapping[int, str] = field(default_factory=dict)
    out: frozenset[int] = frozenset()
    undecided: frozenset[int] = frozenset()


def gap_of(module_key: str, states: Iterable[str]) -> Gap | None:
    """Return what a module has not approved, given the states of its sentences; None where all of them are."""
    found = list(states)
    open_: dict[str, int] = {}
    for state in found:
        if state not in {"approved", "source"}:
            open_[state] = open_.get(state, 0) + 1
    return Gap(module_key, len(found), open_) if open_ else None


def blocked(languages: Mapping[int, str], gaps: Gaps) -> dict[int, str]:
    """Return whose language has not got approved wording, with the language. `languages` says each person's."""
    return {person_id: language for person_id, language in languages.items() if language in gaps}


def route_people(people: Mapping[int, str], chosen: Routes) -> Routing:
    """Return what becomes of blocked people, given with their languages."""
    said = {person_id: chosen.of(person_id, language) for person_id, language in people.items()}
    return Routing(
        {person_id: route for person_id, route in said.items() if route in ROUTES},
        frozenset(person_id for person_id, route in said.items() if route == OUT),
        frozenset(person_id for person_id, route in said.items() if route is None),
    )


def without_wording(found: Sequence[Meant], undecided: Collection[int]) -> list[Meant]:
    """Return the rows of a file with a fault for each whose person is among `undecided`."""
    return [
        replace(each, fault="wording") if each.fault is None and each.person_id in undecided else each for each in found
    ]
