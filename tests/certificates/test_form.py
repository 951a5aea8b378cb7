"""A stranger's JSON: what its signature covers is what is read of it, and no document keeps the check busy."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from lms.certificates.jobs.checking import CheckFailedError, Trust, TrustedKey, check_badge, check_file, check_jwt
from lms.certificates.jobs.checking.form import MOST_THINGS, check_form
from lms.certificates.jobs.checking.meanings import BADGES, CREDENTIALS
from lms.certificates.rules.badges import document, proofs, statuses
from tests.certificates.badges import KEYS, PURPOSES, URL, payload_of, payloads, public, sign_badge

OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
SCHEMA = "https://schema.org/"
STATUS = "https://www.w3.org/ns/credentials/status#"
XSD = "http://www.w3.org/2001/XMLSchema#"
AT = datetime(2029, 1, 1, tzinfo=UTC)
Change = Callable[[dict[str, Any]], object]


def badge_of(payload: dict[str, Any]) -> dict[str, Any]:
    bare = document.credential(payload)
    return proofs.secure(bare, sign_badge, key_id=KEYS["badge"], created=payload["frozen_at"])


def list_of(bits: list[int]) -> dict[str, Any]:
    bare = statuses.status_document(URL, 1, bits, at=AT)
    return proofs.secure(bare, sign_badge, key_id=KEYS["badge"], created=statuses.moment(AT))


def trust_of(listed: dict[str, Any]) -> Trust:
    keys = {KEYS[each]: TrustedKey(KEYS[each], each, public(each), URL) for each in PURPOSES}
    return Trust(keys, (), {f"{URL}/credentials/status/1": json.dumps(listed).encode()})


ENDED = payload_of(ends_at="2027-01-01T07:59:59Z", valid_until="2026-12-31")
TRUST = trust_of(list_of([]))


def renamed(part: dict[str, Any], member: str, iri: str, said: str, **context: Any) -> None:
    """Let another member carry what was signed, and the usual one, by a context of its own, mean nothing."""
    part["@context"] = {**context, "x": iri + member, member: "@index"}
    part["x"], part[member] = part[member], said


def by_whole_iri(badge: dict[str, Any]) -> None:
    """Let the end stand under another name of the same."""
    value = {"@type": f"{XSD}dateTime", "@value": badge.pop("validUntil")}
    badge["https://www.w3.org/2018/credentials#validUntil"] = value


def injected(badge: dict[str, Any]) -> None:
    """Hide the statement of the end in a name that closes its own bracket."""
    end = f'"{badge.pop("validUntil")}"^^<{XSD}dateTime>'
    badge["evidence"][1]["id"] += f"> <{SCHEMA}x> {end} .\n<urn:x"


#: Each means what was signed to a JSON-LD processor, or may, and says another thing to a reader.
FORGERIES: dict[str, Change] = {
    "name": lambda d: renamed(d["credentialSubject"]["identifier"][0], "identityHash", OB, "Forged Person"),
    "title": lambda d: renamed(
        d["credentialSubject"]["achievement"], "name", SCHEMA, "Doctor", **{"@propagate": False}
    ),
    "status": lambda d: renamed(d["credentialStatus"], "statusListIndex", STATUS, "7"),
    "end by its whole name": by_whole_iri,
    "end within a name": injected,
    "end elsewhere": lambda d: d["evidence"].append({"id": d["id"], "validUntil": d.pop("validUntil")}),
    "null": lambda d: d.update(ttl=None),
    "nothing": lambda d: d.update(alignment=[]),
    "an empty thing": lambda d: d["evidence"].append({}),
    "a list of texts": lambda d: d.update(name=[d["name"]]),
    "a list of lists": lambda d: d.update(evidence=[d["evidence"]]),
    "a list for one": lambda d: d.update(issuer=[d["issuer"]]),
    "a relative name": lambda d: d["evidence"].insert(0, {"id": "x", "name": "Record"}),
    "a graph's own name": lambda d: d["evidence"].insert(0, {"id": "_:x", "name": "Record"}),
    "a number": lambda d: d.update(description=1.5),
    "a flag as text": lambda d: d["credentialSubject"]["identifier"][0].update(hashed="false"),
    "a type that is none": lambda d: d["evidence"][0].update(type=["Evidence", "id"]),
    "no name": lambda d: d.pop("id"),
    "half a letter": lambda d: d.update(name="\ud800"),
    "a proof of things": lambda d: d["proof"][0].update(created={"@value": d["proof"][0]["created"]}),
    "a proof of another kind": lambda d: d.update(proof=["x"]),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_members_that_mean_another_thing_are_refused(name: str) -> None:
    badge = badge_of(ENDED)
    assert check_file(json.dumps(badge).encode(), TRUST, at=AT).state == "expired"
    FORGERIES[name](badge)
    with pytest.raises(CheckFailedError):
        check_file(json.dumps(badge).encode(), TRUST, at=AT)


def test_a_list_that_means_another_thing_is_not_asked() -> None:
    badge, listed = json.dumps(badge_of(payload_of())).encode(), list_of([70123])
    assert check_file(badge, trust_of(listed), at=AT).state == "withdrawn"
    renamed(listed["credentialSubject"], "encodedList", STATUS, statuses.encode([]))
    assert check_file(badge, trust_of(listed), at=AT).state == "unlisted"


def nested(depth: int, width: int) -> Any:
    """Return things without names that hang on each other and are alike from where they hang."""
    if not depth:
        return [{"identityHash": str(number)} for number in range(width)]
    return [{"identifier": nested(depth - 1, width)} for _ in range(width)]


@pytest.mark.parametrize(
    "poison",
    [
        [{"identifier": [{"identityHash": str(number)}]} for number in range(12)],
        nested(3, 8),
        [{"identityType": "name"}] * 300,
        [{"identityHash": str(number)} for number in range(MOST_THINGS)],
        [{"id": f"urn:x:{number}", "name": "x"} for number in range(5000)],
        [{"id": f"_:{number}", "evidence": [{"id": f"_:{other}"} for other in range(9)]} for number in range(9)],
    ],
)
def test_no_document_keeps_the_check_busy(poison: Any) -> None:
    badge = badge_of(payload_of())
    badge["credentialSubject"]["identifier"] += poison
    began = time.monotonic()
    with pytest.raises(CheckFailedError, match=r"parts|twice|a name"):
        check_badge(json.dumps(badge).encode(), TRUST)
    assert time.monotonic() - began < 2


def test_deep_and_large_files_are_refused() -> None:
    badge = badge_of(payload_of())
    deep: dict[str, Any] = {"id": "urn:x"}
    for number in range(9):
        deep = {"id": f"urn:x:{number}", "evidence": [deep]}
    badge["evidence"].append(deep)
    for content in (json.dumps(badge).encode(), b'{"a":' * 50_000, b" " * 200_001):
        with pytest.raises(CheckFailedError):
            check_badge(content, TRUST)
    with pytest.raises(CheckFailedError, match="too large"):
        check_jwt("a" * 200_001, TRUST)


@given(payload=payloads())
@settings(max_examples=40, deadline=None)
def test_ours_have_the_form(payload: dict[str, Any]) -> None:
    check_form(copy.deepcopy(document.credential(payload)), [CREDENTIALS, BADGES])
    check_form(statuses.status_document(URL, 1, [7], at=AT + timedelta(days=1)), [CREDENTIALS])
