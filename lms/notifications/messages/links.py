"""Where the links in letters lead: an endpoint and its values, by kind of letter and name of the link.

What a letter about facts or a reminder tells brings its own (`queries.Item`).
"""

from __future__ import annotations

from collections.abc import Callable

from lms.config import Config
from lms.notifications.queries import Facts
from lms.people.rules import link_token

Link = Callable[[Facts, Config], tuple[str, dict[str, str]]]


def _one_time(endpoint: str) -> Link:
    return lambda facts, config: (endpoint, {"token": link_token(config.secret_key, facts.values["link_public_id"])})


def _own(endpoint: str) -> Link:
    return lambda facts, _config: (endpoint, {"public_id": facts.values["public_id"]})


def _page(endpoint: str) -> Link:
    return lambda _facts, _config: (endpoint, {})


def _team(status: str) -> Link:
    return lambda _facts, _config: ("home.team", {"status": status} if status else {})


LINKS: dict[str, dict[str, Link]] = {
    "invitation": {"open": _one_time("people.invitation")},
    "reset": {"open": _one_time("people.reset")},
    "recovery": {"open": _one_time("people.reset")},
    "recovery_notice": {},
    "code": {},
    "certificate": {
        "open": _own("certificates.own_certificate"),
        "verify": lambda facts, _config: ("certificates.verify", {"serial": facts.values["serial"]}),
    },
    "certificate_status": {},
    "question": {"open": _own("certificates.own_application")},
    "refusal": {"open": _own("certificates.own_application")},
    "assignment": {"open": lambda facts, _config: ("tracks.show", {"key": facts.values["track_key"]})},
    "reminder": {"open": _page("home.learn")},
    "hours_returned": {"open": _page("fieldwork.own_hours")},
    "sign_off": {},
    "place": {},
    "signed_up": {},
    "taken_off": {},
    "session_changed": {},
    "session_cancelled": {},
    "training": {},
    "training_waits": {},
    "change": {"open": _page("home.learn")},
    "waiver": {},
    "cycle": {},
    "result_ready": {},
    "result_corrected": {},
    "try_given": {},
    "digest": {
        "open": _team(""),
        "late": _team("late"),
        "week": _team("due-soon"),
        "month": _team("due-soon"),
        "lapsing": _team("lapsing"),
        "finished": _team("done"),
        "hours": _page("fieldwork.team_hours"),
        "training": _page("training.team"),
        "yearly": _page("training.team"),
        "sign_offs": lambda _facts, _config: ("fieldwork.team_sign_offs", {"state": "ending"}),
    },
    "sms_answer": {"open": _page("notifications.choices")},
}
