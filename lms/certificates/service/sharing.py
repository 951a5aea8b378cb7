"""The holder's choice of who may see her certificate, and the public's question whether a name matches."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from lms.actor import Actor, Span
from lms.audit.service import record
from lms.certificates import queries
from lms.certificates.models import CertificateShare, NameCheck
from lms.certificates.queries import Known
from lms.certificates.rules.names import is_same_name
from lms.certificates.service.locking import lock_own
from lms.db import take_turns, upsert
from lms.errors import NotFound, RuleBroken
from lms.organizations.queries import SpellRow, list_spells

NAME_CHECKS = 10
NAME_CHECK_WINDOW = timedelta(minutes=10)


def share(session: Session, actor: Actor, award_public_id: str, employment_public_id: str, *, at: datetime) -> None:
    """Let a present employer see a certificate; raise `NotFound` for another's certificate or any other spell."""
    known = lock_own(session, actor, award_public_id)
    spell = _own_spell(session, actor, employment_public_id)
    if not Span(spell.organization_id, spell.started_on, spell.ended_on).covers(actor.today):
        raise NotFound
    key = {"award_id": known.award_id, "organization_id": spell.organization_id}
    change = {"shared_at": at, "withdrawn_at": None}
    upsert(session, CertificateShare, {**key, **change}, key=tuple(key), change=tuple(change))
    _log(session, actor, "certificates.shared", known, spell, at=at)


def withdraw_share(
    session: Session, actor: Actor, award_public_id: str, employment_public_id: str, *, at: datetime
) -> None:
    """End an employer's sight of a certificate at once; raise `NotFound` for another's certificate or spell."""
    known = lock_own(session, actor, award_public_id)
    spell = _own_spell(session, actor, employment_public_id)
    ended = session.execute(
        update(CertificateShare)
        .where(
            CertificateShare.award_id == known.award_id,
            CertificateShare.organization_id == spell.organization_id,
            CertificateShare.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
        .returning(CertificateShare.id)
    ).all()
    if ended:
        _log(session, actor, "certificates.share_withdrawn", known, spell, at=at)


def _own_spell(session: Session, actor: Actor, employment_public_id: str) -> SpellRow:
    for spell in list_spells(session, actor.person_id):
        if spell.employment_public_id == employment_public_id:
            return spell
    raise NotFound


def _log(session: Session, actor: Actor, action: str, known: Known, spell: SpellRow, *, at: datetime) -> None:
    record(session, actor.account_id, action, "award", known.award_id, at=at, organization_id=spell.organization_id)


def compare_name(session: Session, serial: str, name: str, *, at: datetime) -> bool:
    """Return whether `name` is the one on a released certificate, however it is written.

    Raises `NotFound` for an unknown serial, `RuleBroken` after ten questions in ten minutes. Nothing is kept
    about who asks, nor what.
    """
    known = queries.find_known(session, serial)
    if known is None or known.standing.edition is None or known.standing.is_revoked:
        raise NotFound
    take_turns(session, f"name on {known.award_id}")  # so that each question counts those before it
    session.execute(
        delete(NameCheck).where(NameCheck.award_id == known.award_id, NameCheck.at <= at - NAME_CHECK_WINDOW)
    )
    recent = session.scalar(select(func.count()).select_from(NameCheck).where(NameCheck.award_id == known.award_id))
    if (recent or 0) >= NAME_CHECKS:
        raise RuleBroken("too_many_names")
    session.execute(insert(NameCheck).values(award_id=known.award_id, at=at))
    return is_same_name(name, known.shown.payload["name"])
