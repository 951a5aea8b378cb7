"""What a reminder says when it is sent: of everything it was planned for, what is still true."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certificates import queries as certificates
from lms.certificates.queries import CertificateRow
from lms.content.library import current
from lms.fieldwork.queries import upcoming_of
from lms.fieldwork.queries.ending import list_ending
from lms.fieldwork.queries.sign_offs import checklist_title
from lms.notifications.models import Reminder
from lms.notifications.queries.certificate_news import list_unnamed
from lms.notifications.queries.fieldwork_news import session_item
from lms.notifications.queries.items import Cause, Item
from lms.notifications.rules import Title
from lms.organizations import queries as organizations
from lms.surveys import queries as surveys
from lms.tracks import queries as tracks
from lms.tracks.queries import due
from lms.tracks.rules import Renewal
from lms.training.queries.yearly import list_yearly

#: Subject and date of an obligation, as they were planned.
Planned = tuple[str, date]


def list_items(session: Session, cause: Cause) -> list[Item]:
    """Return what a letter still reminds of when it is sent, by date. Two queries for each kind, and one."""
    rows = session.execute(
        select(Reminder.kind, Reminder.subject, Reminder.falls_on).where(Reminder.letter_id == cause.letter_id)
    ).all()
    items = []
    for kind in dict.fromkeys(row.kind for row in rows):
        planned = {(row.subject, row.falls_on) for row in rows if row.kind == kind}
        items += _STILL_TRUE[kind](session, cause, planned)
    return sorted(items, key=lambda item: (item.day, item.title))


def _tracks(session: Session, cause: Cause, planned: Collection[Planned]) -> list[Item]:
    """Return the tracks that are still asked for, by the same date, not completed, and still taught."""
    library = current(session)
    return [
        Item(
            "track",
            Title(tracks.track_title(library, key, cause.language).text),
            day,
            "tracks.show",
            {"key": key},
            is_over=day < cause.today,
        )
        for key, cycle, day in due.list_due(session, cause.person_id, cause.today)
        if (f"{key}:{cycle}", day) in planned and library.find("track", key) is not None
    ]


def _modules(session: Session, cause: Cause, planned: Collection[Planned]) -> list[Item]:
    """Return the modules that are to be done again by the same date, were not, and are still taught."""
    library = current(session)
    return [
        Item(
            "module",
            Title(tracks.module_title(library, key, cause.language).text),
            day,
            "courses.module",
            {"module_key": key},
            is_over=day < cause.today,
        )
        for key, number, day in due.list_repeated(session, cause.person_id, cause.today)
        if (f"{key}:{number}", day) in planned and library.find("module", key) is not None
    ]


def _sessions(session: Session, cause: Cause, planned: Collection[Planned]) -> list[Item]:
    """Return the sessions that are held on the same day, have not begun, and in which she still has a place."""
    return [
        session_item("session", row)
        for row in upcoming_of(session, cause.person_id, cause.today)
        if (row.public_id, row.day) in planned
        and row.state == "planned"
        and not row.is_waiting
        and row.starts_at > cause.at
    ]


def _certificates(session: Session, cause: Cause, planned: Collection[Planned]) -> list[Item]:
    """Return the certificates that are still valid, end on the same day, and were not renewed."""
    rows = certificates.list_certificates(session, [cause.person_id], today=cause.today)
    library, keys = current(session), sorted({row.track_key for row in rows})
    standing = tracks.standing_of(session, library, [cause.person_id], keys, today=cause.today)
    newest = {key: max(row.cycle for row in rows if row.track_key == key) for key in {row.track_key for row in rows}}
    return [
        _certificate(row, row.valid_until, cause, standing.renewal(cause.person_id, row.track_key))
        for row in rows
        if row.state == "valid"
        and row.valid_until is not None
        and (str(row.award_id), row.valid_until) in planned
        and row.cycle == newest[row.track_key]
    ]


def _certificate(row: CertificateRow, ends_on: date, cause: Cause, renewal: Renewal | None) -> Item:
    """Return a certificate that ends; it leads to the track where she can begin to renew it today."""
    can_renew = renewal is not None and renewal.state(cause.today) != "early"
    endpoint, address = "certificates.own_certificate", {"public_id": row.public_id}
    if can_renew:
        endpoint, address = "tracks.show", {"key": row.track_key}
    values = {"can_renew": can_renew, "opens_on": renewal.opens_on if renewal else None}
    return Item(
        "certificate",
        Title(row.title.get(cause.language) or row.title["en"]),
        ends_on,
        endpoint,
        address,
        values=values,
    )


def _sign_offs(session: Session, cause: Cause, planned: Collection[Planned]) -> list[Item]:
    """Return the sign-offs that end on the same day: no later one has taken their place, and none was withdrawn."""
    library = current(session)
    return [
        Item(
            "sign_off_ends",
            Title(checklist_title(library, key, cause.language).text),
            day,
            "fieldwork.own_sign_offs",
            {},
        )
        for key, day in list_ending(session, cause.person_id)
        if (key, day) in planned and library.find("checklist", key) is not None
    ]


def _yearly(session: Session, cause: Cause, planned: Collection[Planned]) -> list[Item]:
    """Return the yearly hours that are still missing, in the same year, under a provider that is still hers."""
    short = [each for each in list_yearly(session, cause.person_id, cause.today) if each.left]
    names = organizations.names_of(session, [each.organization_id for each in short])
    return [
        Item(
            "yearly",
            Title(names[each.organization_id]),
            each.year.last,
            "home.record",
            {},
            values={"asked": each.year.asked, "here": each.here, "accepted": each.accepted, "left": each.left},
        )
        for each in short
        if (f"{each.year.last.year}:{each.organization_id}", each.year.last) in planned
    ]


def _follow_ups(session: Session, cause: Cause, planned: Collection[Planned]) -> list[Item]:
    """Return the follow-ups that are still open and were not answered, about a track that is still taught."""
    library = current(session)
    return [
        Item(
            "follow_up",
            Title(tracks.track_title(library, each.subject_key.partition(":")[2], cause.language).text),
            each.due_on,
            "surveys.follow_up",
            {},
            values={"follow_up": each.public_id},
        )
        for each in surveys.list_open(session, cause.person_id, cause.today)
        if (each.public_id, each.due_on) in planned
        and library.find("survey", each.survey_key) is not None
        and library.find("track", each.subject_key.partition(":")[2]) is not None
    ]


_STILL_TRUE: dict[str, Callable[[Session, Cause, Collection[Planned]], list[Item]]] = {
    "track": _tracks,
    "module": _modules,
    "session": _sessions,
    "certificate": _certificates,
    "yearly": _yearly,
    "sign_off": _sign_offs,
    "follow_up": _follow_ups,
    "name": list_unnamed,
}
