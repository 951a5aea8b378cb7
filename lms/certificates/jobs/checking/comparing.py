"""Whether what a file says is what the record says: member by member, read by the check's own eyes."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from lms.certificates.jobs.checking.badge import Checked
from lms.certificates.jobs.checking.compact import Told
from lms.certificates.jobs.checking.failing import CheckFailedError

#: So far the clocks of machines may differ.
_CLOCKS_DIFFER = timedelta(minutes=5)


def check_same(checked: Checked, payload: bytes) -> None:
    """Raise `CheckFailedError` unless a verified credential says what the record of its edition says."""
    record = json.loads(payload)
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
    }
    _compare(checked, said)
    place = (f"{record['issuer']['url']}/credentials/status/{record['status']['list']}", record["status"]["index"])
    listed = [(each["targetFramework"], each["targetCode"]) for each in _alignment(checked)]
    if checked.status != place or listed != [
        (f"{each['framework']} {each['version']}".strip(), each["code"]) for each in record["competencies"]
    ]:
        raise CheckFailedError("the credential states another place or other competencies than the record")


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
    }
    _compare(told, said)


def _compare(found: Checked | Told, said: dict[str, Any]) -> None:
    for name, value in said.items():
        if getattr(found, name) != value:
            raise CheckFailedError(f"the file states another {name.replace('_', ' ')} than the record")


def _alignment(checked: Checked) -> list[dict[str, str]]:
    """Return the competencies that a credential names; a list without any is left out of it."""
    found: list[dict[str, str]] = checked.document["credentialSubject"]["achievement"].get("alignment", [])
    return found


def check_dates(payload: bytes, at: datetime) -> None:
    """Raise `CheckFailedError` when a record's dates cannot be right, or this machine's clock is not."""
    record = json.loads(payload)
    if record["awarded_on"] < record["completed_on"]:
        raise CheckFailedError("the certificate was awarded before the training was completed", "dates")
    frozen, awarded = (datetime.fromisoformat(record[name]) for name in ("frozen_at", "awarded_at"))
    if frozen < awarded or at + _CLOCKS_DIFFER < frozen:
        raise CheckFailedError("the certificate is from an instant that is still to come; is the clock right?", "dates")
