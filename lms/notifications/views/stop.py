"""The address in a letter that stops its sort: signed out, with one tap, by a mail program too (RFC 8058)."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from lms.certificates.queries import holders_of
from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound
from lms.i18n import force_locale
from lms.notifications import queries, rules, service
from lms.notifications.views.blueprint import bp, config
from lms.web.access import public
from lms.web.shell import csrf
from lms.web.showing import language_of_letter


@bp.route("/letters/stop/<token>", methods=["GET", "POST"])
@public
@csrf.exempt  # type: ignore[untyped-decorator]  # the token itself is the proof; a mail program has no other
def stop(token: str) -> Any:
    """Say what would stop, and stop it. Opening the address changes nothing: mail scanners open every link.

    It can only stop, once or many times; whoever wants the letters again signs in and says so.
    """
    letter_id = rules.letter_of_token(config().secret_key, token)
    if letter_id is None:
        raise NotFound
    if request.method == "POST":
        write(lambda session_: service.stop(session_, letter_id, at=now()))
    sort, tongue = _about(letter_id)
    with force_locale(tongue):
        return render_template("notifications/stop.html", sort=sort, is_stopped=request.method == "POST")


def _about(letter_id: str) -> tuple[str, str]:
    """Return what a letter's link stops, and the language to say it in; raise `NotFound`. Two queries."""
    found = queries.find_sort(reading(), letter_id)
    if found is None or found[1] not in rules.STOPPED_BY:
        raise NotFound
    tongue = holders_of(reading(), [found[0]])[found[0]].language
    return rules.STOPPED_BY[found[1]], language_of_letter(tongue)
