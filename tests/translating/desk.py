"""People who translate alpha into Tongan, and what they do at the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from lms.actor import Actor
from lms.content.library import current
from lms.content.service import draft
from lms.db import reading, write
from lms.ids import new_client_id
from lms.people.models import RoleGrant
from lms.people.queries import names_of
from lms.translating import queries, service
from lms.translating.queries import Place, Seen
from tests.conftest import AT
from tests.factories import LONG_AGO, MadePerson, Make
from tests.factories.learning import TONGAN, actor_of, publish_drafts, standard

#: A sentence of the lesson, and one of the quiz.
LESSON, QUIZ = "lessons/first.md:part-of-first.2", "quiz.yml:q-two.prompt"


def translator(make: Make, name: str, locale: str = "to") -> MadePerson:
    """Return somebody with an account who translates into `locale`."""
    person = make.person(name)
    row = {"account_id": person.account_id, "role": "translator", "language": locale, "granted_at": LONG_AGO}
    write(lambda session: session.execute(insert(RoleGrant).values(**row)) and None)
    return person


def as_translator(person: MadePerson, *locales: str) -> Actor:
    """Return her as the one who asks."""
    return replace(named(person), roles=frozenset({"worker", "translator"}), translates=frozenset(locales or ("to",)))


def named(person: MadePerson) -> Actor:
    """Return somebody as the one who asks, by her own name."""
    name = names_of(reading(), [person.person_id])[person.person_id]
    reading().rollback()
    return replace(actor_of(person), name=name)


class Desk:
    """Three translators of Tongan, one of Samoan, and a certifier."""

    def __init__(self, make: Make) -> None:
        publish_drafts()
        self.ana, self.bea, self.clara = (as_translator(translator(make, name)) for name in ("Ana", "Bea", "Clara"))
        self.samoan = as_translator(translator(make, "Sina", "sm"), "sm")
        certifier = make.person("Noor", roles=("certifier",))
        self.certifier = replace(named(certifier), roles=frozenset({"worker", "certifier"}))

    def place(self, address: str = LESSON, locale: str = "to", key: str = "alpha", kind: str = "module") -> Place:
        return Place(kind, key, address, locale)

    def seen(self, address: str = LESSON, **more: Any) -> Seen:
        reading().rollback()
        return queries.get_seen(reading(), current(reading()), self.place(address, **more))

    def write(self, who: Actor, text: str, address: str = LESSON, *, at: datetime = AT, **more: Any) -> service.Kept:
        place = more.pop("place", None) or self.place(address)
        seen = queries.get_seen(reading(), current(reading()), place)
        said = {"is_draft": False, "english": seen.english, "mark": seen.mark, "client_id": new_client_id(), **more}
        kept = write(lambda s: service.propose(s, who, place, text=text, **said, at=at))
        reading().rollback()
        return kept

    def step(self, who: Actor, step: str, address: str = LESSON, *, at: datetime = AT, **more: Any) -> str:
        place = more.pop("place", None) or self.place(address)
        said = {"mark": queries.get_seen(reading(), current(reading()), place).step_mark, "client_id": new_client_id()}
        made = write(lambda s: service.take_step(s, who, place, step, **{**said, **more}, at=at))
        reading().rollback()
        return made

    def withdraw(self, who: Actor, why: str = "It is wrong.", address: str = LESSON, **more: Any) -> str:
        place = more.pop("place", None) or self.place(address)
        seen = queries.get_seen(reading(), current(reading()), place)
        said = {"why": why, "mark": seen.decision_mark, "client_id": new_client_id(), "at": AT, **more}
        made = write(lambda s: service.withdraw(s, who, place, **said))
        reading().rollback()
        return made

    def state(self, address: str = LESSON) -> str:
        return self.seen(address).standing.state

    def waiting(self, by: Actor | None = None) -> list[Place]:
        """Return the queue of Tongan."""
        reading().rollback()
        return [each.place for each in queries.list_queue(reading(), current(reading()), "to", by)]


def file_says(address: str = LESSON, **said: str) -> None:
    """Publish the small library with something else in the Tongan file of alpha, such as who translated a sentence."""
    entries = TONGAN.body["words"]
    body = {"words": {**entries, address: {**entries[address], **said}}}
    drafts = [each for each in standard() if (each.key, each.locale) != ("alpha", "to")]
    publish_drafts([*drafts, draft("module", "alpha", "to", body)])
