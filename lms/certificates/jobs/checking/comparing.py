"""Whether what a file says is what the record says: member by member, read by the check's own eyes.

What the record should have become is worked out here a second time, on purpose: the table that certificates are written
with is not imported, so that a slip in it is found.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from lms.certificates.jobs.checking.badge import Checked
from lms.certificates.jobs.checking.compact import Told
from lms.certificates.jobs.checking.failing import CheckFailedError
from lms.certificates.jobs.checking.page import PageFacts

Record = Mapping[str, Any]
#: So far the clocks of machines may differ.
_CLOCKS_DIFFER = timedelta(minutes=5)
_FOR_SHOW = "FOR DEMONSTRATION ONLY: this is not a real certificate."


def check_same(checked: Checked, payload: bytes) -> None:
    """Raise `CheckFailedError` unless a verified credential says what the record of its edition says."""
    record = json.loads(payload)
    url = record["issuer"]["url"]
    said = {
        "payload_sha256": hashlib.sha256(payload).hexdigest(),
        "serial": record["serial"],
        "edition": record["edition"],
        "name": record["name"],
        "title": record["track"]["title"]["en"],
        "issuer_name": record["issuer"]["name"],
        "awarded_at": record["awarded_at"],
        "valid_from": record["frozen_at"],
        "valid_until": record["ends_at"],
        "is_demonstration": record["demonstration"],
        "status": (f"{url}/credentials/status/{record['status']['list']}", record["status"]["index"]),
    }
    _compare(checked, said)
    if checked.key_id not in (record["keys"]["badge"], record["keys"]["jwt"]):
        raise CheckFailedError("the file was signed with another key than the record names")
    try:
        found = _told(checked.document)
    except (KeyError, TypeError, AttributeError) as error:
        raise CheckFailedError("the credential lacks what the record says") from error
    for name, value in _expected(record).items():
        if found[name] != value:
            raise CheckFailedError(f"the credential states another {name} than the record")


def _told(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what else a credential tells, by what it is called."""
    subject = document["credentialSubject"]
    achieved = subject["achievement"]
    return {
        "local title": document["name"],
        "description": (document["description"], achieved["description"]),
        "achievement": (achieved["id"], achieved["version"], achieved["achievementType"]),
        "list of results": sorted((each["resultDescription"], each["value"]) for each in subject["result"]),
        "list of described results": sorted(each["id"] for each in achieved["resultDescription"]),
        "list of competencies": [
            tuple(each[name] for name in ("targetFramework", "targetCode", "targetName", "targetUrl"))
            for each in achieved.get("alignment", [])
        ],
        "list of signers": [
            (each["id"], each.get("name", ""), each["description"]) for each in document["evidence"][1:]
        ],
    }


def _expected(record: Record) -> dict[str, Any]:
    """Return the same as the record has it."""
    url, track, language = record["issuer"]["url"], record["track"], record["language"]
    achieved = f"{url}/credentials/tracks/{quote(track['key'], safe='')}/{track['revision'][:16]}"
    shown = f"{_FOR_SHOW} " if record["demonstration"] else ""
    kind = "Certification" if record["ends_at"] else "CertificateOfCompletion"
    results = sorted((f"{achieved}#{code}", value) for code, value in _results(record))
    warned = record["disclaimers"]
    return {
        "local title": track["title"].get(language) or track["title"]["en"],
        "description": (shown + (warned.get(language) or warned["en"]), shown + warned["en"]),
        "achievement": (achieved, str(record["content"]["publication"]), kind),
        "list of results": results,
        "list of described results": [name for name, _ in results],
        "list of competencies": [_competency(url, each) for each in record["competencies"]],
        "list of signers": [
            (f"{url}/verify/{record['serial']}#signer-{number}", each["name"], each["title"]["en"])
            for number, each in enumerate(record["signers"], 1)
        ],
    }


def _competency(url: str, each: Record) -> tuple[str, ...]:
    """Return framework, code, title and address of a competency."""
    address = f"{url}/credentials/frameworks/{quote(each['framework'], safe='')}#{quote(each['code'], safe='')}"
    return f"{each['framework']} {each['version']}".strip(), each["code"], each["title"]["en"], address


def _results(record: Record) -> Iterator[tuple[str, str]]:
    """Yield the code and the value of each result."""
    for name in ("edition", "round"):
        yield name, str(record[name])
    for kind, minutes in record["minutes"].items():
        yield f"minutes-{quote(kind, safe='')}", str(minutes)
    towards = [f"{each['framework']}/{each['code']} {each['minutes']}" for each in record["competencies"]]
    optional = {
        "minutes-towards": "; ".join(towards),
        "level": record["level"] and record["level"]["title"]["en"],
        "provider-number": record["issuer"]["provider_number"],
        "demonstration": "true" if record["demonstration"] else "",
    }
    yield from ((code, value) for code, value in optional.items() if value)
    yield "language-of-instruction", record["language_of_instruction"]
    yield "rules", record["track"]["revision"]
    yield "trained", f"{record['started_on']}/{record['completed_on']}"
    yield "counts", f"{record['awarded_on']}/{record['valid_until'] or '..'}"


def check_told(told: Told, payload: bytes) -> None:
    """Raise `CheckFailedError` unless the code on a page says what the record of its edition says."""
    record = json.loads(payload)
    said = {
        "issuer_url": record["issuer"]["url"],
        "serial": record["serial"].removeprefix("CHW").replace("-", ""),
        "edition": record["edition"],
        "name": record["name"],
        "title": record["track"]["title"]["en"],
        "awarded_on": record["awarded_on"],
        "minutes": sum(record["minutes"].values()),
        "place": (record["status"]["list"], record["status"]["index"]),
        "key_id": record["keys"]["code"],
        "issued_at": _seconds(record["frozen_at"]),
        "ends_at": _seconds(record["ends_at"]) if record["ends_at"] else None,
        "is_demonstration": record["demonstration"],
    }
    _compare(told, said)


def check_drawn(page: PageFacts, payload: bytes) -> None:
    """Raise `CheckFailedError` unless a sealed page says what the record of its edition says."""
    record = json.loads(payload)
    parts, serial, edition = urlsplit(record["issuer"]["url"]), record["serial"], record["edition"]
    said = {
        "key_id": record["keys"]["page"],
        "signed_at": datetime.fromisoformat(record["frozen_at"]),
        "issuer": record["issuer"]["name"],
        "subject": f"{parts.scheme.upper()}://{parts.netloc.upper()}{parts.path}/V/{serial}/{edition}",
        "keywords": f"{serial} edition {edition} sha256 {hashlib.sha256(payload).hexdigest()}",
        "attachment_name": f"{serial}.json",
    }
    _compare(page, said)
    if not page.title.endswith(f": {record['name']}") or _joined(record["name"]) not in _joined(page.text):
        raise CheckFailedError("the page states another name than the record")


def _joined(text: str) -> str:
    """Return a text without its spaces: a long name stands on two lines."""
    return "".join(text.split())


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def _compare(found: Checked | Told | PageFacts, said: dict[str, Any]) -> None:
    for name, value in said.items():
        if getattr(found, name) != value:
            raise CheckFailedError(f"the file states another {name.replace('_', ' ')} than the record")


def check_dates(payload: bytes, at: datetime) -> None:
    """Raise `CheckFailedError` when a record's dates cannot be right, or this machine's clock is not."""
    record = json.loads(payload)
    if record["awarded_on"] < record["completed_on"]:
        raise CheckFailedError("the certificate was awarded before the training was completed", "dates")
    frozen, awarded = (datetime.fromisoformat(record[name]) for name in ("frozen_at", "awarded_at"))
    if frozen < awarded or at + _CLOCKS_DIFFER < frozen:
        raise CheckFailedError("the certificate is from an instant that is still to come; is the clock right?", "dates")
