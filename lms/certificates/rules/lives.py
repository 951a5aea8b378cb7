"""The whole life of a certificate as one table: what may happen at each stage, and what follows; and its end.

`states` says what one edition is worth on a day. This says which way led there, and which ways lead on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from lms.certificates.rules.states import Standing, last_valid_day
from lms.errors import RuleBroken
from lms.tracks.rules import Renewal, renewal_of

if TYPE_CHECKING:
    from lms.tracks.specs import TrackSpec

#: Prepared: completed, with an application. Unnamed: certified, and waiting for her name. Reserved: it has its serial
#: and its frozen facts. Issued: one edition counts. Suspended and revoked: none does.
Stage = Literal["prepared", "unnamed", "reserved", "issued", "suspended", "revoked"]
#: What happens to it. "name" is her word, or that fourteen days are over; "rename" a name with other letters; "stop" a
#: certifier who takes her decision back.
Deed = Literal["certify", "stop", "name", "rename", "release", "redraft", "correct", "suspend", "lift", "revoke"]
#: What its holder can do about a certificate that ends, on a day.
Phase = Literal["endless", "early", "open", "late", "lapsed", "renewed"]

STAGES: tuple[Stage, ...] = ("prepared", "unnamed", "reserved", "issued", "suspended", "revoked")
DEEDS: tuple[Deed, ...] = (
    "certify", "stop", "name", "rename", "release", "redraft", "correct", "suspend", "lift", "revoke",
)  # fmt: skip
#: Every way there is. What is not here is refused; nothing leads out of "revoked".
WAYS: dict[tuple[Stage, Deed], Stage] = {
    ("prepared", "name"): "prepared",
    ("prepared", "rename"): "prepared",
    ("prepared", "certify"): "unnamed",
    ("unnamed", "name"): "reserved",
    ("unnamed", "rename"): "prepared",
    ("unnamed", "stop"): "prepared",
    ("reserved", "redraft"): "reserved",
    ("reserved", "release"): "issued",
    ("reserved", "revoke"): "revoked",
    ("issued", "correct"): "issued",
    ("issued", "release"): "issued",
    ("issued", "suspend"): "suspended",
    ("issued", "revoke"): "revoked",
    ("suspended", "correct"): "suspended",
    ("suspended", "release"): "suspended",
    ("suspended", "lift"): "issued",
    ("suspended", "revoke"): "revoked",
}


@dataclass(frozen=True)
class Life:
    """Where a certificate stands: its stage, how many editions are reserved, and the one that counts (0 for none)."""

    stage: Stage = "prepared"
    editions: int = 0
    counting: int = 0
    is_named: bool = False


def after(life: Life, deed: Deed) -> Life:
    """Return the life after `deed`; raise `ValueError` when it cannot happen now.

    One correction at a time: the edition that is being made is released first. Certifying what is named already
    reserves it at once.
    """
    is_pending = life.editions > life.counting
    if (life.stage, deed) not in WAYS or (deed == "correct" and is_pending) or (deed == "release" and not is_pending):
        raise ValueError(f"{deed} cannot happen to a certificate that is {life.stage}")
    stage = WAYS[life.stage, deed]
    is_named = life.is_named or deed in ("name", "rename")
    if stage == "unnamed" and is_named:
        stage = "reserved"
    editions = life.editions + (stage == "reserved" or deed == "correct")
    return Life(stage, editions, life.editions if deed == "release" else life.counting, is_named)


def stage_of(standing: Standing | None, application: str) -> Stage:
    """Return the stage of a certificate from its award's standing (None before it is reserved) and its application."""
    if standing is None:
        return "unnamed" if application == "certified" else "prepared"
    if standing.is_revoked:
        return "revoked"
    if standing.edition is None:
        return "reserved"
    return "suspended" if standing.is_suspended else "issued"


def check_life(standing: Standing, change: Deed) -> None:
    """Raise `RuleBroken` when an award that stands so cannot be changed so, by `WAYS`.

    `change` is "correct", "revoke", "suspend", "lift" or "redraft". What was never released can only be revoked, or
    drafted anew.
    """
    stage = stage_of(standing, "certified")
    if (stage, change) in WAYS:
        return
    if stage == "revoked":
        raise RuleBroken("already_revoked")
    if stage == "reserved":
        raise RuleBroken("not_yet_issued")
    raise RuleBroken({"redraft": "issued_already", "suspend": "already_suspended"}.get(change, "not_suspended"))


def last_day(track: TrackSpec, completed_on: Sequence[date], awarded_on: date) -> date | None:
    """Return the last day on which the certificate of the newest of these rounds counts; None without an end.

    `completed_on` holds the local dates of the rounds in order. Where the track is renewed, that day is the one on
    which the renewal is due (`tracks.rules.renewal_of`): counted from the completion, from the expiry before, or to a
    fixed day. A track that only ends counts from the day of the award.
    """
    renewal = renewal_of(track, completed_on)
    return renewal.due_on if renewal else last_valid_day(awarded_on, track.valid_months)


def phase_of(renewal: Renewal | None, today: date, *, is_renewed: bool) -> Phase:
    """Return what the holder can do on `today` about the round that `renewal` follows.

    Early: renewing has not opened. Open: in time. Late: within the days of grace, in which a renewal still keeps the
    rhythm, though the certificate has expired. Lapsed: it can be renewed, and is counted anew.
    """
    if is_renewed:
        return "renewed"
    return renewal.state(today) if renewal else "endless"
