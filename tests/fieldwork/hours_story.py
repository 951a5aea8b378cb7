"""What the tests of hours and sign-offs share: a team, entries, observations, and what was announced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from lms.actor import Actor
from lms.clock import local_date
from lms.content.library import current
from lms.db import reading, write
from lms.fieldwork import service
from lms.fieldwork.events import fieldwork_credited, hours_returned, observation_signed
from lms.fieldwork.models import HoursEntry
from lms.fieldwork.rules.hours import Sheet
from lms.fieldwork.service import Observed, ObserveForm
from lms.fieldwork.specs import ChecklistSpec
from lms.ids import new_client_id
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.organizations.conftest import actor_of

CHECKLIST = "field-observation"
DAY = local_date(AT)


@dataclass
class Team:
    """A CBO with two supervisors and a worker, and another CBO with a supervisor."""

    make: Make
    place: int
    elsewhere: int
    ana: MadePerson
    boss: MadePerson
    second: MadePerson
    stranger: MadePerson
    certifier: MadePerson

    def actor(self, person: MadePerson, *roles: str, at: datetime = AT) -> Actor:
        """Return a person as the roof builds her."""
        roles = roles or (("certifier",) if person is self.certifier else ())
        return actor_of(person, *roles, at=at)

    def sheet(self, **changes: Any) -> Sheet:
        """Return a sheet of two hours today."""
        made = {"organization_id": self.place, "done_on": DAY, "site": "Watts library", "kind": "practicum"}
        return Sheet(**{**made, "minutes": 120, **changes})

    def enter(
        self,
        person: MadePerson | None = None,
        *,
        client_id: str | None = None,
        at: datetime = AT,
        corrects: str | None = None,
        seen: str = "",
        **changes: Any,
    ) -> str:
        """Enter hours, and return their public id."""
        actor, sheet, key = self.actor(person or self.ana, at=at), self.sheet(**changes), client_id or new_client_id()
        return write(lambda s: service.enter(s, actor, sheet, client_id=key, at=at, corrects=corrects, seen=seen))

    def countersign(
        self, *public_ids: str, by: MadePerson | None = None, client_id: str | None = None, at: datetime = AT
    ) -> str:
        """Countersign entries, and return the act's public id."""
        actor, key = self.actor(by or self.boss, at=at), client_id or new_client_id()
        return write(lambda s: service.countersign(s, actor, public_ids, client_id=key, at=at))

    def give_back(self, public_id: str, words: str = "Which library?", *, by: MadePerson | None = None) -> None:
        """Return an entry."""
        actor = self.actor(by or self.boss)
        write(lambda s: service.return_entry(s, actor, public_id, words, at=AT))

    def paper(self, *, by: MadePerson | None = None, of: MadePerson | None = None, **changes: Any) -> str:
        """Enter hours from a paper log."""
        actor, person, key = self.actor(by or self.boss), of or self.ana, changes.pop("client_id", new_client_id())
        sheet = self.sheet(**{"sheet_on": DAY, **changes})
        return write(lambda s: service.enter_from_paper(s, actor, person.person_id, sheet, client_id=key, at=AT))

    def sign(
        self,
        *,
        by: MadePerson | None = None,
        of: MadePerson | None = None,
        key: str | None = None,
        revision: int | None = None,
        seen: int = 0,
        at: datetime = AT,
        **changes: Any,
    ) -> str:
        """Sign what was seen: everything without help, but for `changes`."""
        form = ObserveForm(CHECKLIST, revision or revision_id(), seen, key or new_client_id())
        made = {"observed_on": local_date(at), "place": "Market", "language": "es", "with_interpreter": False}
        observed = Observed(**{**made, "levels": levels(), **changes})
        actor, person = self.actor(by or self.boss, at=at), (of or self.ana).person_id
        return write(lambda s: service.sign_observation(s, actor, person, form, observed, at=at))


def make_team(make: Make) -> Team:
    """Write the people of a team."""
    place, elsewhere = make.organization("Here"), make.organization("Elsewhere")
    ana = make.person("Ana")
    make.employment(ana, place)
    return Team(
        make,
        place,
        elsewhere,
        ana,
        make.supervisor(place, "Boss"),
        make.supervisor(place, "Second"),
        make.supervisor(elsewhere, "Stranger"),
        make.person("Certifier", roles=("certifier",)),
    )


def revision_id() -> int:
    """Return the revision of the published checklist."""
    found = current(reading()).get("checklist", CHECKLIST).revision_id
    reading().rollback()
    return found


def levels(**changes: str) -> dict[str, str]:
    """Return the highest level for every line, but for `changes` ("_" for "-" in names)."""
    checklist = ChecklistSpec.from_source(current(reading()).get("checklist", CHECKLIST))
    reading().rollback()
    return {item.id: changes.get(item.id.replace("-", "_"), "alone") for item in checklist.items}


def states() -> list[str]:
    """Return how every entry stands, the first one first."""
    found = list(reading().scalars(select(HoursEntry.state).order_by(HoursEntry.id)))
    reading().rollback()
    return found


@contextmanager
def heard() -> Iterator[list[Any]]:
    """Collect the facts that fieldwork announces inside the block."""
    facts: list[Any] = []

    def hear(fact: Any, **_more: Any) -> None:
        facts.append(fact)

    with ExitStack() as ends:
        for signal in (fieldwork_credited, hours_returned, observation_signed):
            ends.enter_context(signal.connected_to(hear))
        yield facts


def days_ago(number: int) -> date:
    """Return a date before the day of most tests."""
    return date.fromordinal(DAY.toordinal() - number)


__all__ = ["AT", "CHECKLIST", "DAY", "Team", "days_ago", "heard", "levels", "make_team", "states"]
