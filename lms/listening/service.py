"""Changes to recordings: offered, accepted by a second person, withdrawn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, insert, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.errors import NotAllowed, RuleBroken
from lms.ids import new_public_id
from lms.listening import policy, queries, rules
from lms.listening.models import Recording
from lms.people.service import lock
from lms.sounds import Sound

_RECORDINGS = cast("Table", Recording.__table__)
_A_DAY = timedelta(hours=24)


def check_offer(session: Session, actor: Actor, at: str, locale: str, seconds: int, *, now: datetime) -> None:
    """Raise what keeps a recording from being kept: `NotAllowed`, or what `check_recording` raises."""
    if not policy.can_record(actor, locale):
        raise NotAllowed
    rules.check_recording(at, seconds, queries.count_recent(session, actor.person_id, now - _A_DAY))


def offer(
    session: Session,
    actor: Actor,
    place: tuple[str, str, str],
    sound: Sound,
    sha256: str,
    *,
    words: str,
    shown_name: str,
    client_id: str,
    at: datetime,
) -> str:
    """Keep a recording of `place` (module key, address, locale) and return its public id; the same form again none.

    `sha256` names the stored file, `words` is the hash of the words that were read. Raise what `check_offer` raises.
    """
    lock(session, [actor.person_id])
    if (known := queries.find_sent(session, actor.person_id, client_id)) is not None:
        return known
    key, address, locale = place
    check_offer(session, actor, address, locale, sound.seconds, now=at)
    public_id = new_public_id()
    session.execute(
        insert(_RECORDINGS).values(
            public_id=public_id,
            client_id=client_id,
            person_id=actor.person_id,
            shown_name=" ".join(shown_name.split())[: rules.LONGEST_NAME],
            kind="module",
            key=key,
            address=address,
            locale=locale,
            sha256=sha256,
            size=len(sound.content),
            seconds=sound.seconds,
            media_type=sound.media_type,
            words_sha256=words,
            recorded_at=at,
        )
    )
    record(session, actor.account_id, "listening.offered", "recording", public_id, at=at, key=key, locale=locale)
    return public_id


def accept(session: Session, actor: Actor, public_id: str, *, at: datetime) -> None:
    """Let learners hear a recording at once; raise `NotFound` or what `check_accept` raises."""
    found = queries.get_recording(session, actor, public_id)
    rules.check_accept(found.state, found.person_id, actor.person_id)
    changed = {"state": "accepted", "accepted_by": actor.account_id, "accepted_at": at}
    _settle(session, actor, public_id, "offered", changed, at)


def withdraw(session: Session, actor: Actor, public_id: str, *, at: datetime) -> None:
    """Take a recording back, offered or accepted: who spoke, and whoever may accept; raise `NotFound` or `RuleBroken`.

    It is heard no more; the row and the file stay.
    """
    found = queries.get_recording(session, actor, public_id)
    rules.check_withdraw(found.state)
    changed = {"state": "withdrawn", "withdrawn_by": actor.account_id, "withdrawn_at": at}
    _settle(session, actor, public_id, found.state, changed, at)


def _settle(session: Session, actor: Actor, public_id: str, state: str, changed: dict[str, Any], at: datetime) -> None:
    """Change a recording that is in this state; raise `RuleBroken("recording_settled")` when somebody was faster."""
    is_so = update(_RECORDINGS).where(_RECORDINGS.c.public_id == public_id, _RECORDINGS.c.state == state)
    if not session.execute(is_so.values(changed).returning(_RECORDINGS.c.id)).all():
        raise RuleBroken("recording_settled")
    record(session, actor.account_id, f"listening.{changed['state']}", "recording", public_id, at=at)
