"""Builders of people, accounts and organizations for tests. Each writes at once and returns ids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import insert

from lms.clock import local_date, now
from lms.organizations.models import Employment, EmploymentTerms, Organization, Supervision
from lms.people.models import Account, Contact, Person, RoleGrant
from lms.people.rules import normal_name, search_key

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
PASSPHRASE = "a long enough passphrase"
#: Hashed once with the cheapest settings, so that tests sign in quickly.
CHEAP_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSPHRASE)


@dataclass(frozen=True)
class MadePerson:
    """A person with an account and an e-mail address."""

    person_id: int
    person_public_id: str
    account_id: int
    account_public_id: str
    email: str
    session_id: str


def day(offset: int = 0) -> date:
    """Return the local date so many days from today, asked anew each time: a long run may pass midnight."""
    return local_date(now()) + timedelta(days=offset)


class Make:
    """Writes rows that tests start from."""

    def __init__(self, write: Callable[..., Any]) -> None:
        self._write = write
        self._count = 0

    def _next(self) -> int:
        self._count += 1
        return self._count

    def person(
        self,
        name: str = "",
        *,
        language: str = "en",
        roles: tuple[str, ...] = (),
        email: str | None = None,
        views: int | None = None,
    ) -> MadePerson:
        """Write a person with an account, an e-mail address and granted roles."""
        number = self._next()
        name = normal_name(name or f"Person {number}")
        address = email or f"person{number}@test.example"

        def fn(session: Any) -> MadePerson:
            person = Person(
                name=name, search_key=search_key(name), language=language, created_at=LONG_AGO, is_demonstration=True
            )
            session.add(person)
            session.flush()
            account = Account(person_id=person.id, password_hash=CHEAP_HASH, created_at=LONG_AGO)
            session.add(account)
            session.flush()
            session.add(
                Contact(person_id=person.id, kind="email", value=address, confirmed_at=LONG_AGO, added_at=LONG_AGO)
            )
            for role in roles:
                session.add(RoleGrant(account_id=account.id, role=role, granted_at=LONG_AGO, organization_id=views))
            session.flush()
            return MadePerson(
                person.id,
                person.public_id,
                account.id,
                account.public_id,
                address,
                f"{account.public_id}:{account.security_stamp}",
            )

        return self._write(fn)

    def organization(self, name: str = "", *, kind: str = "cbo") -> int:
        """Write an organization and return its id."""
        number = self._next()
        name = name or f"Organization {number}"

        def fn(session: Any) -> int:
            row = Organization(
                key=f"org-{number}", name=name, search_key=search_key(name), kind=kind, created_at=LONG_AGO
            )
            session.add(row)
            session.flush()
            return int(row.id)

        return self._write(fn)

    def employment(
        self,
        person: MadePerson,
        organization_id: int,
        *,
        since: date = date(2025, 1, 1),
        until: date | None = None,
        title: str = "Promotora",
    ) -> int:
        """Write a spell of employment with its terms and return its id."""

        def fn(session: Any) -> int:
            row = Employment(
                person_id=person.person_id,
                organization_id=organization_id,
                started_on=since,
                ended_on=until,
                end_reason="other" if until else None,
            )
            session.add(row)
            session.flush()
            session.add(EmploymentTerms(employment_id=row.id, since=since, title=title, kind="employee"))
            return int(row.id)

        return self._write(fn)

    def supervisor(self, organization_id: int, name: str = "", **more: Any) -> MadePerson:
        """Write a person who supervises the staff of an organization."""
        person = self.person(name, **more)
        employment = self.employment(person, organization_id, title="Supervisor")
        self._write(
            lambda session: (
                session.execute(
                    insert(Supervision).values(
                        employment_id=employment, organization_id=organization_id, started_on=date(2025, 1, 1)
                    )
                )
                and None
            )
        )
        return person


def sign_in(client: FlaskClient, person: MadePerson) -> FlaskClient:
    """Sign `client` in as `person`, past the sign-in page, and return it."""
    with client.session_transaction() as session:
        session["_user_id"] = person.session_id
        session["_fresh"] = True
    return client
