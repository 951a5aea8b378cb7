"""What letters about certificates still have to tell when they are sent, and which names wait to be confirmed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from lms.certificates import queries as certificates
from lms.content.library import current
from lms.notifications.queries.items import Cause, Item
from lms.notifications.rules import Title
from lms.tracks import queries as tracks

#: In which state of a certificate a letter about each change is still true.
_STILL = {"suspended": ("suspended",), "lifted": ("valid", "expired"), "revoked": ("revoked",)}


def list_status(session: Session, cause: Cause) -> list[Item]:
    """Return what became of a certificate, where that is still so. Three queries."""
    rows = certificates.list_certificates(session, [cause.person_id], today=cause.today)
    change = cause.values["change"]
    return [
        Item(
            "certificate_status",
            Title(row.title.get(cause.language) or row.title["en"]),
            cause.today,
            "certificates.own_certificate",
            {"public_id": row.public_id},
            values={"change": _told(change, row.state), "reason": cause.values["reason"]},
        )
        for row in rows
        if row.award_id == cause.values["award_id"] and row.state in _STILL[change]
    ]


def _told(change: str, state: str) -> str:
    """Return what is told of a change; "late" where it was lifted and the certificate has ended meanwhile."""
    return "late" if (change, state) == ("lifted", "expired") else change


def list_unnamed(session: Session, cause: Cause, planned: Collection[tuple[str, date]]) -> list[Item]:
    """Return those certified that still wait, until the same day, for her to confirm her name. Two queries."""
    library = current(session)
    return [
        Item(
            "name",
            Title(tracks.track_title(library, row.track_key, cause.language).text),
            row.naming.name_until,
            "certificates.own_naming",
            {"public_id": row.public_id},
        )
        for row in certificates.list_own_applications(session, cause.person_id)
        if row.state == "certified"
        and row.naming.waits_until(cause.today)
        and (str(row.application_id), row.naming.name_until) in planned
    ]
