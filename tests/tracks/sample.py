"""Tracks and facts that tests of the judge begin from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from lms.content.library import Library, current
from lms.content.service import draft, publish
from lms.db import reading, write
from lms.fieldwork.rules import CreditedMinutes, SignedOff
from lms.tracks.rules import Credit, Moment, Record, Scope, TrackCredit, Waived
from lms.tracks.specs import TrackSpec
from lms.training.rules import Recognized
from tests.databases import written_content

TODAY = date(2026, 3, 5)
NOON = datetime(2026, 3, 5, 20, tzinfo=UTC)


def track(*modules: str, **more: Any) -> TrackSpec:
    """Return a track of modules, or of `sets`; `more` may add planned items, hours, sign-offs and the rest."""
    items = [{"id": f"i-{key}", "module": key} for key in modules] + more.pop("planned", [])
    listed = {} if "sets" in more else {"items": items}
    return TrackSpec.read({"key": "t", "title": "Track", "summary": "A track.", "level": "entry", **listed, **more})


def instant(days: float) -> datetime:
    """Return the instant so many days after noon today."""
    return NOON + timedelta(days=days)


def moment(days: float) -> Moment:
    """Return the moment so many days after noon today."""
    return Moment(instant(days), instant(days).date())


def began(days: float = -100, *, cycle: int = 1, after: float | None = None) -> Scope:
    """Return the scope of somebody who enrolled then, in a cycle after one that was completed `after`."""
    return Scope(cycle, moment(days), None if after is None else moment(after))


def credit(module: str, days: float = 0, *, round_: int = 1, language: str = "es") -> Credit:
    """Return a credit earned `days` after noon today."""
    return Credit(module, round_, instant(days), instant(days).date(), language)


def hours(minutes: int, days: float = -1, *, kind: str = "practicum", towards: tuple[str, ...] = ()) -> CreditedMinutes:
    """Return minutes that were done and credited then."""
    return CreditedMinutes(1, kind, towards, minutes, instant(days).date(), instant(days))


def signed(checklist: str = "visit", days: float = -1, *, until: float | None = None, alone: bool = True) -> SignedOff:
    """Return an observation that was passed then and is valid through the day `until`."""
    end = None if until is None else instant(until).date()
    return SignedOff(1, checklist, instant(days).date(), instant(days), end, is_independent=alone)


def elsewhere(module: str | None = None, days: float = -1, *, learned: float = -500, **more: Any) -> Recognized:
    """Return training from elsewhere, learned and recognized then."""
    values: dict[str, Any] = {"hours_kind": None, "minutes": 0, "competencies": (), **more}
    return Recognized(
        1, "r1", module, learned_on=instant(learned).date(), recognized_on=instant(days).date(),
        recognized_at=instant(days), **values,
    )  # fmt: skip


def waived(part: str, days: float = -1, *, until: float | None = None, cycle: int = 1, **more: Any) -> Waived:
    """Return a waiver granted then, through the day `until`."""
    end = None if until is None else instant(until).date()
    return Waived(f"w-{part}", "t", cycle, part, "experience", instant(days), end, **more)


def finished(key: str, days: float = -1, *, cycle: int = 1) -> TrackCredit:
    """Return a completed track."""
    return TrackCredit(key, cycle, instant(days), instant(days).date())


def record(*facts: Any) -> Record:
    """Return a record of these facts, whatever they are."""
    kinds = {Credit: "credits", CreditedMinutes: "minutes", SignedOff: "sign_offs", Recognized: "recognized",
             Waived: "waivers", TrackCredit: "tracks"}  # fmt: skip
    found = Record()
    for fact in facts:
        getattr(found, kinds[type(fact)]).append(fact)
    return found


def publish_tracks(*files: dict[str, Any], at: datetime = NOON) -> Library:
    """Publish the real content with these tracks beside it, and return the library."""
    more = [
        draft("track", each["key"], "en", {"files": {f"{each['key']}.yml": {"summary": "A track.", **each}}})
        for each in files
    ]
    write(lambda session: publish(session, [*written_content(), *more], None, at=at))
    reading().rollback()
    return current(reading())


#: A track that is renewed every year, from its own modules; and one that another track renews.
YEARLY = {
    "key": "yearly",
    "title": "Every year",
    "level": "core",
    "valid_months": 12,
    "renewal": {"from": "completion", "window_days": 60, "grace_days": 30},
    "items": [{"id": "talk", "module": "communication"}, {"id": "reach", "module": "outreach"}],
}
INSTEAD = {
    **YEARLY,
    "key": "instead",
    "title": "Renewed by another",
    "renewal": {"from": "completion", "track": "refresher"},
}
REFRESHER = {
    "key": "refresher",
    "title": "Refresher",
    "level": "core",
    "items": [{"id": "health", "module": "public-health"}],
}
#: A track with everything: a track before it, a choice, hours and a sign-off.
WHOLE = {
    "key": "whole",
    "title": "The whole way",
    "level": "specialist",
    "prerequisites": ["first-steps"],
    "sets": [
        {"id": "base", "title": "The base", "items": [{"id": "health", "module": "public-health"}]},
        {"id": "more", "choose": 1, "items": [
            {"id": "talk", "module": "communication", "prerequisites": ["health"]},
            {"id": "reach", "module": "outreach"},
        ]},
    ],
    "hours": [{"kind": "practicum", "minutes": 120, "title": "Practice in the field"}],
    "sign_offs": [{"id": "seen", "title": "Seen in the field", "checklist": "field-observation"}],
}  # fmt: skip
