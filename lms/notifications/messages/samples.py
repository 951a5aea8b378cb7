"""Every text message with long but believable values, so that its length is known before it is paid for."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from lms.config import Config
from lms.i18n import TAGS
from lms.notifications import rules
from lms.notifications.messages.words import render
from lms.notifications.queries import Facts, Item
from lms.notifications.rules import Title

#: A base address as long as those that organizations have; the demonstration's own is shorter than most.
_BASE_URL = "https://training.chw-consortium.example.org"
_NAME = "Sālote Mele Lavinia ʻAkauʻola-Fīnauafisi"
_TITLE = Title("Core competencies for community health workers, promotores and representatives")
_PLACE = Title("Asociación de Promotoras y Promotores de Salud del Sur de Los Ángeles")
_DAY, _LETTER = date(2026, 9, 23), "k" * 20
_LINK = {"link_public_id": "a" * 20, "expires_at": datetime(2026, 9, 23, 20, 30, tzinfo=UTC)}
_OWN = {"public_id": "c" * 20, "title": _TITLE}
_ITEM = Item("track", _TITLE, _DAY, "tracks.show", {"key": "community-health-core"})
_CLASS: dict[str, Any] = {"starts": time(17, 30), "ends": time(20, 30), "place": _PLACE, "is_waiting": False}
_PATH = {"public_id": "c" * 20}


def _item(kind: str, endpoint: str, address: dict[str, str] | None = None, **values: Any) -> dict[str, Any]:
    return {"items": [Item(kind, _TITLE, _DAY, endpoint, _PATH if address is None else address, values=values)]}


_SESSION = _item("session", "fieldwork.session", **_CLASS)["items"]
_TRACK, _MODULE = {"key": "community-health-core"}, {"module_key": "community-outreach"}
_VALUES: dict[str, dict[str, Any]] = {
    "invitation": _LINK,
    "reset": _LINK,
    "recovery": _LINK,
    "recovery_notice": {},
    "code": {"code_public_id": "b" * 20, "minutes": 10},
    "certificate": {**_OWN, "serial": "7K3M9QW2RT5XA", "valid_until": _DAY, "is_correction": False},
    "certificate_status": _item(
        "certificate_status", "certificates.own_certificate", change="suspended", reason="under-review"
    ),
    "question": _OWN,
    "refusal": _OWN,
    "assignment": {"title": _TITLE, "track_key": "community-health-core", "organization": _PLACE, "due_on": _DAY},
    "reminder": {"items": [_ITEM], "today": date(2026, 9, 16)},
    "digest": {"parts": (), "counts": {"late": 112, "week": 238, "lapsing": 94, "hours": 187, "training": 42}},
    "hours_returned": _item("hours_returned", "fieldwork.own_entry", minutes=945, words="?"),
    "sign_off": _item("sign_off", "fieldwork.own_sign_off", passed=True),
    "place": _item("place", "fieldwork.session", **_CLASS),
    "signed_up": _item("signed_up", "fieldwork.session", **_CLASS),
    "taken_off": _item("taken_off", "fieldwork.session", **_CLASS),
    "session_changed": _item("session_changed", "fieldwork.session", **_CLASS),
    "session_cancelled": _item("session_cancelled", "fieldwork.session", **_CLASS),
    "training": _item("training", "training.show", outcome="recognized"),
    "training_waits": _item("training_waits", "training.team", {}, count=112),
    "change": _item("change", "tracks.show", _TRACK, deed="moves"),
    "waiver": _item("waiver", "tracks.why", _TRACK, is_granted=True),
    "cycle": _item("cycle", "tracks.show", _TRACK),
    "result_ready": _item("result_ready", "assessments.attempt", {**_MODULE, **_PATH}),
    "result_corrected": _item("result_corrected", "assessments.attempt", {**_MODULE, **_PATH}),
    "try_given": _item("try_given", "assessments.quiz", _MODULE, is_granted=True),
    "sms_answer": {"answer": "stop"},
}
_OUTCOMES = ("ask", "refuse", "revoked", "accepted", "declined")
#: What else a template of a kind can say, beside its first sample.
_MORE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("assignment", {"due_on": None}),
    ("certificate", {"is_correction": True}),
    ("reminder", {"items": [dataclasses.replace(_ITEM, is_over=True)]}),
    ("reminder", {"items": [_ITEM, dataclasses.replace(_ITEM, day=date(2026, 9, 24))]}),
    (
        "reminder",
        _item("certificate", "certificates.own_certificate", can_renew=False, opens_on=None),
    ),
    ("reminder", {"items": _SESSION}),
    ("reminder", {"items": [_ITEM, *_SESSION]}),
    ("reminder", _item("sign_off_ends", "fieldwork.own_sign_offs", {})),
    ("signed_up", _item("signed_up", "fieldwork.session", **{**_CLASS, "is_waiting": True})),
    ("reminder", _item("module", "courses.module", _MODULE)),
    ("reminder", _item("yearly", "home.record", {}, asked=360, here=75, accepted=90, left=195)),
    ("reminder", _item("follow_up", "surveys.follow_up", {}, follow_up="d" * 20)),
    ("hours_returned", {"items": 2 * _item("hours_returned", "fieldwork.own_entry", minutes=945, words="?")["items"]}),
    ("sign_off", _item("sign_off", "fieldwork.own_sign_off", passed=False)),
    *(("training", _item("training", "training.show", outcome=each)) for each in _OUTCOMES),
    ("change", _item("change", "courses.module", _MODULE, deed="repeats")),
    ("change", _item("change", "tracks.show", _TRACK, deed="completes")),
    ("waiver", _item("waiver", "tracks.why", _TRACK, is_granted=False)),
    ("result_corrected", _item("result_corrected", "assessments.attempts", _MODULE)),
    ("sms_answer", {"answer": "start"}),
    ("sms_answer", {"answer": "help"}),
)


@dataclass(frozen=True)
class Sample:
    """One text message with long values: its length as carriers count it."""

    kind: str
    language: str
    text: str
    units: int
    segments: int
    is_gsm: bool


def list_samples(config: Config, name: str = _NAME) -> list[Sample]:
    """Return every text message in every language, with all that it can say, to a reader of that name.

    Needs an application context.
    """
    address = max(config.base_url, _BASE_URL, key=len)
    long = dataclasses.replace(config, env="production", base_url=address)  # without the mark of a demonstration
    cases = [*((kind, values) for kind, values in _VALUES.items()), *((k, {**_VALUES[k], **v}) for k, v in _MORE)]
    return [
        _sample(kind, tag, values, long, name) for kind, values in sorted(cases, key=lambda c: c[0]) for tag in TAGS
    ]


def _sample(kind: str, tag: str, values: dict[str, Any], config: Config, name: str) -> Sample:
    shown = "" if kind in ("code", "sms_answer") else name
    text = render(kind, Facts(shown, tag, "sms", "+12135550100", values), config, letter_id=_LETTER).text
    return Sample(kind, tag, text, rules.units(text), rules.segments(text), rules.is_gsm(text))
