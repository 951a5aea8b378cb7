"""Payloads: canonical bytes that say everything, further editions, and those of the first format."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from lms.certificates.rules import payloads
from lms.certificates.rules.payloads import Facts, Keys, Marks, Place, Signer, Skill

KEYS = Keys("https://training.example.org", {"badge": "a" * 16, "jwt": "b" * 16, "page": "c" * 16, "code": "d" * 16})
OTHERS = Keys("https://other.example.org", {"badge": "1" * 16, "jwt": "2" * 16, "page": "3" * 16, "code": "4" * 16})
FACTS = Facts(
    name="Malia ʻAnau",
    language="to",
    track_key="first-steps",
    track_title={"en": "First steps", "to": "Ngaahi ʻuluaki laka"},
    track_sha256="a" * 64,
    skills=(Skill("chw-core/communication", 45, {"en": "Communication"}, "2026-11"),),
    minutes={"class": 90, "practicum": 0},
    language_of_instruction="to+en",
    level="entry",
    level_title={"en": "Entry"},
    started_on=date(2026, 2, 1),
    completed_on=date(2026, 3, 4),
    awarded_on=date(2026, 3, 5),
    valid_until=None,
    issuer="Consortium",
    provider_number="CE 7",
    signers=(Signer("", {"en": "Training coordinator"}),),
    disclaimers={"en": "Not a license."},
    template_key="completion",
    publication=3,
    hashes={"track": "a" * 64},
    is_demonstration=True,
)
MARKS = Marks(
    serial="0" * 13,
    edition=1,
    round=1,
    awarded_at=datetime(2026, 3, 5, 18, 0, 0, 999, UTC),
    frozen_at=datetime(2026, 3, 5, 18, 0, 1, tzinfo=UTC),
    ends_at=None,
    keys=KEYS,
    place=Place(1, 70123),
)


def frozen(facts: Facts = FACTS, marks: Marks = MARKS) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(payloads.freeze(facts, marks).payload)
    return found


def test_a_payload_is_canonical_and_says_everything() -> None:
    found = frozen()
    assert payloads.is_current(found)
    assert found["serial"] == "CHW-0000-0000-0000-0"
    assert found["competencies"] == [
        {
            "framework": "chw-core",
            "version": "2026-11",
            "code": "communication",
            "minutes": 45,
            "title": {"en": "Communication"},
        }
    ]
    assert found["issuer"] == {
        "name": "Consortium",
        "url": "https://training.example.org",
        "provider_number": "CE 7",
    }
    assert (found["level"], found["started_on"]) == ({"key": "entry", "title": {"en": "Entry"}}, "2026-02-01")
    assert frozen(replace(FACTS, level="", level_title={}))["level"] is None
    assert found["keys"] == KEYS.by_purpose
    assert found["status"] == {"list": 1, "index": 70123}
    assert found["signers"] == [{"name": "", "title": {"en": "Training coordinator"}}]
    assert found["track"]["revision"] == "a" * 64
    assert found["minutes"] == {"class": 90}
    assert (found["valid_until"], found["ends_at"]) == (None, None)
    assert (found["awarded_at"], found["frozen_at"]) == ("2026-03-05T18:00:00Z", "2026-03-05T18:00:01Z")
    assert found["name"] == "Malia ʻAnau"
    first = payloads.freeze(FACTS, MARKS)
    assert first.payload.decode().startswith('{"awarded_at":"2026-03-05T18:00:00Z","awarded_on":"2026-03-05","compet')
    assert payloads.freeze(FACTS, MARKS) == first


def test_a_further_edition_changes_what_is_its_own_alone() -> None:
    first, at = frozen(), datetime(2026, 4, 1, tzinfo=UTC)
    more: dict[str, Any] = {"edition": 2, "frozen_at": at, "keys": OTHERS, "place": Place(2, 5)}
    second = json.loads(payloads.refreeze(first, **more, name="Malia Anau").payload)
    changed = {
        "edition": 2,
        "frozen_at": "2026-04-01T00:00:00Z",
        "keys": OTHERS.by_purpose,
        "status": {"list": 2, "index": 5},
        "issuer": {**first["issuer"], "url": "https://other.example.org"},
    }
    assert second == {**first, **changed, "name": "Malia Anau"}
    assert json.loads(payloads.refreeze(first, **more).payload)["name"] == "Malia ʻAnau"


def test_an_end_is_a_day_and_an_instant() -> None:
    ends = datetime(2028, 3, 6, 7, 59, 59, tzinfo=UTC)
    found = frozen(replace(FACTS, valid_until=date(2028, 3, 5)), replace(MARKS, ends_at=ends))
    assert (found["valid_until"], found["ends_at"]) == ("2028-03-05", "2028-03-06T07:59:59Z")


def test_one_of_the_first_format_becomes_one_of_todays() -> None:
    today = frozen()
    gone = ("round", "awarded_at", "ends_at", "keys", "status", "frozen_at", "signers", "level", "started_on")
    old = {name: value for name, value in today.items() if name not in gone}
    old |= {"type": "chw-certificate/1", "key_id": "e" * 16, "issuer": "Consortium"}
    old["track"] = {"key": "first-steps", "title": today["track"]["title"]}
    assert not payloads.is_current(old)
    assert (payloads.issuer_name(old), payloads.issuer_name(today)) == ("Consortium", "Consortium")
    modern = payloads.modern(old, round_=1, awarded_at=MARKS.awarded_at, ends_at=None)
    more: dict[str, Any] = {"edition": 1, "frozen_at": MARKS.frozen_at, "keys": KEYS, "place": MARKS.place}
    unknown = {"signers": [], "level": None, "started_on": today["completed_on"]}
    unknown |= {"issuer": {**today["issuer"], "provider_number": ""}}
    unknown |= {"competencies": [{**each, "version": ""} for each in today["competencies"]]}
    assert json.loads(payloads.refreeze(modern, **more).payload) == {**today, **unknown}
    assert payloads.modern(today, round_=9, awarded_at=MARKS.awarded_at, ends_at=None) == today
    ending = payloads.modern(old, round_=1, awarded_at=MARKS.awarded_at, ends_at=MARKS.awarded_at)
    assert ending["ends_at"] == "2026-03-05T18:00:00Z"


def test_an_award_has_one_key() -> None:
    assert payloads.award_key(7, "core", 2) == "7:core:2"
