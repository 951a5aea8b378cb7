"""Which name a certificate will bear, and which certificates wait for their holder to confirm it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, String, and_, cast, exists, func, null, or_, select, true
from sqlalchemy.orm import Session

from lms.certificates.models import Application, Award, Decision, NameConfirmation
from lms.certificates.policy import STANDING
from lms.certificates.queries.facts import PEOPLE, Holder, Key, holders_of
from lms.errors import NotFound


@dataclass(frozen=True)
class Naming:
    """The name on the certificate of one application, and until when it waits for her word (None: it does not).

    `confirmed` is what she confirmed last, "" while she has not; `name` is that, or her account's name.
    """

    application_id: int
    person_id: int
    public_id: str
    track_key: str
    state: str
    account_name: str
    language: str
    name_until: date
    confirmed: str
    confirmed_at: datetime | None
    has_same_letters: bool
    is_made: bool

    @property
    def name(self) -> str:
        """Return the name that the certificate gets if it is made now."""
        return self.confirmed or self.account_name

    def waits_until(self, today: date) -> date | None:
        """Return the last date on which it waits for her; None when it does not, or that day is over."""
        is_open = not (self.confirmed or self.is_made or self.state == "refused" or today > self.name_until)
        return self.name_until if is_open else None


def _newest() -> ColumnElement[bool]:
    """Return what joins an application with what was confirmed last of it."""
    own = NameConfirmation
    newest = select(func.max(own.id)).where(own.application_id == Application.id).correlate(Application)
    return own.id == newest.scalar_subquery()


def is_made() -> ColumnElement[bool]:
    """Return the criterion of the applications whose certificate is reserved."""
    same = (Award.person_id == Application.person_id) & (Award.track_key == Application.track_key)
    return exists().where(same, Award.cycle == Application.cycle)


def select_namings(*more: Any) -> Select[Any]:
    """Return the select of the columns of `Naming` of applications, in order, and `more`."""
    own = Application
    return (
        select(
            own.id,
            own.person_id,
            own.public_id,
            own.track_key,
            own.state,
            PEOPLE.c.name,
            PEOPLE.c.language,
            own.name_until,
            func.coalesce(NameConfirmation.name, ""),
            NameConfirmation.confirmed_at,
            func.coalesce(NameConfirmation.has_same_letters, true()),
            is_made().label("is_made"),
            *more,
        )
        .join(PEOPLE, PEOPLE.c.id == own.person_id)
        .outerjoin(NameConfirmation, and_(NameConfirmation.application_id == own.id, _newest()))
    )


#: How many columns `select_namings` has before `more`.
WIDTH = 12


def namings_of(session: Session, application_ids: Collection[int]) -> dict[int, Naming]:
    """Return the names on the certificates of these applications, by application. One query."""
    rows = session.execute(select_namings().where(Application.id.in_(application_ids)))
    return {row[0]: Naming(*row) for row in rows}


def get_naming(session: Session, person_id: int, application_public_id: str) -> Naming:
    """Return the name on the certificate of a worker's own application; raise `NotFound` for another's. One query."""
    own = (Application.person_id == person_id) & (Application.public_id == application_public_id)
    for row in session.execute(select_namings().where(own)):
        return Naming(*row)
    raise NotFound


def named_holders(session: Session, keys: Collection[Key]) -> dict[Key, Holder]:
    """Return whose names stand on the certificates of these completions: as confirmed, else as her account says.

    Two queries.
    """
    holders = holders_of(session, [key[0] for key in keys])
    rows = session.execute(
        select(Application.person_id, Application.track_key, Application.cycle, NameConfirmation.name)
        .join(NameConfirmation, and_(NameConfirmation.application_id == Application.id, _newest()))
        .where(Application.person_id.in_(set(holders)))
    )
    confirmed = {(row[0], row[1], row[2]): row[3] for row in rows}
    return {key: replace(holders[key[0]], name=confirmed.get(key, holders[key[0]].name)) for key in keys}


def select_other_names(criterion: ColumnElement[bool]) -> Select[int, str, datetime]:
    """Return a select of application_id, name and confirmed_at of each confirmed name with other letters."""
    own = NameConfirmation
    return select(own.application_id, own.name, own.confirmed_at).where(criterion, own.has_same_letters.is_(False))


def list_ready(session: Session, today: date) -> list[int]:
    """Return the certified applications without a certificate that do not wait for a name any more, by person.

    Either she confirmed it and making the certificate failed, or fourteen days are over. Of joined records none. One
    query.
    """
    is_confirmed = exists().where(NameConfirmation.application_id == Application.id)
    statement = (
        select(Application.id)
        .where(Application.state == "certified", Application.person_id.in_(STANDING), ~is_made())
        .where(or_(is_confirmed, Application.name_until < today))
        .order_by(Application.person_id, Application.id)
    )
    return list(session.scalars(statement))


def certified_by(session: Session, application_ids: Iterable[int]) -> dict[int, int]:
    """Return by application the decision that certified it last. One query."""
    statement = (
        select(Decision.application_id, func.max(Decision.id))
        .where(Decision.application_id.in_(set(application_ids)), Decision.outcome == "certify")
        .group_by(Decision.application_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def select_unnamed(_today: date) -> Select[*tuple[Any, ...]]:
    """Return a select of person_id, subject (the application's id), falls_on (the last day), and since (NULL).

    They are the certified applications whose certificate waits for its holder to confirm her name.
    """
    is_confirmed = exists().where(NameConfirmation.application_id == Application.id)
    return select(
        Application.person_id.label("person_id"),
        cast(Application.id, String).label("subject"),
        Application.name_until.label("falls_on"),
        cast(null(), Date).label("since"),
    ).where(Application.state == "certified", Application.person_id.in_(STANDING), ~is_confirmed, ~is_made())
