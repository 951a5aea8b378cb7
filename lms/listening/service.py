"""Changes to recordings: offered, accepted by a second person, withdrawn, and brought back by who withdrew them."""

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
from lms.listening.queries import RecordingRow
from lms.people.service import lock
from lms.sounds import Sound

_RECORDINGS = cast("Table", Recording.__table__)
_A_DAY = timedelta(hours=24)


def check_offer(
    session: Session, actor: Actor, at: str, locale: str, seconds: int, shown_name: str, *, now: datetime
) -> None:
    """Raise what keeps a recording from being kept: `NotAllowed`, or what `shown_name` and `check_recording` raise."""
    if not policy.can_record(actor, locale):
        raise NotAllowed
    rules.shown_name(shown_name)
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
    check_offer(session, actor, address, locale, sound.seconds, shown_name, now=at)
    public_id = new_public_id()
    session.execute(
        insert(_RECORDINGS).values(
            public_id=public_id,
            client_id=client_id,
            person_id=actor.person_id,
            shown_name=rules.shown_name(shown_name),
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
    """Let learners hear a recording at once; raise `NotFound`, `NotAllowed` or what `check_accept` raises."""
    found = queries.get_recording(session, actor, public_id)
    rules.check_accept(found.state, found.person_id, actor.person_id)
    if not policy.can_accept(actor, found.locale):
        raise NotAllowed
    changed = {"state": "accepted", "accepted_by": actor.account_id, "accepted_at": at}
    _settle(session, actor, found, changed, "accepted", at)


def withdraw(session: Session, actor: Actor, public_id: str, *, at: datetime) -> None:
    """Take a recording back, offered or accepted: who spoke, and whoever may hear it; raise `NotFound` or `RuleBroken`.

    It is heard no more, published or not; the row and the file stay.
    """
    found = queries.get_recording(session, actor, public_id)
    rules.check_withdraw(found.state)
    changed = {"state": "withdrawn", "withdrawn_by": actor.account_id, "withdrawn_at": at}
    _settle(session, actor, found, changed, "withdrawn", at)


def restore(session: Session, actor: Actor, public_id: str, *, at: datetime) -> None:
    """Undo a withdrawal of one's own: it is again what it was; raise `NotFound` or `RuleBroken`.

    Who withdrew it and when stays in the audit trail.
    """
    found = queries.get_recording(session, actor, public_id)
    rules.check_restore(found.state, found.withdrawn_by, actor.account_id)
    before = "accepted" if found.was_accepted else "offered"
    _settle(session, actor, found, {"state": before, "withdrawn_by": None, "withdrawn_at": None}, "restored", at)


def _settle(
    session: Session, actor: Actor, found: RecordingRow, changed: dict[str, Any], deed: str, at: datetime
) -> None:
    """Change a recording that is as `found`; raise `RuleBroken("recording_settled")` when somebody was faster."""
    public_id = found.public_id
    is_so = update(_RECORDINGS).where(_RECORDINGS.c.public_id == public_id, _RECORDINGS.c.state == found.state)
    if not session.execute(is_so.values(changed).returning(_RECORDINGS.c.id)).all():
        raise RuleBroken("recording_settled")
    record(session, actor.account_id, f"listening.{deed}", "recording", public_id, at=at)
