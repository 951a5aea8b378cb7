"""The check of a file that somebody sends: read, answered and forgotten; it is never stored."""

from __future__ import annotations

import threading
from typing import Any

from flask import Response, jsonify, redirect, request, url_for

from lms.certificates import messages
from lms.certificates.jobs.received import LARGEST_FILE, Received, judge_file
from lms.certificates.rules.checks import Check
from lms.certificates.views import turns
from lms.certificates.views.blueprint import bp, config, page
from lms.certificates.views.saying import facts_of, quiet, told_of, told_refused, transcript_facts, wants
from lms.clock import local_date, now
from lms.db import reading
from lms.errors import RuleBroken
from lms.web.access import public
from lms.web.shell import csrf

#: One file at a time in each process: a page takes a tenth of a second.
_turn = threading.Lock()
_PATIENCE = 10.0


@bp.route("/verify/file", methods=["GET", "POST"])
@public
@csrf.exempt  # type: ignore[untyped-decorator]  # it changes nothing and acts for nobody; a program has no other proof
def verify_file() -> Any:
    """Say what a PDF or JSON file is worth. A transcript is no certificate, and is not counted as a check of any."""
    if request.method == "GET":
        return redirect(url_for("certificates.verify_form"))
    turns.take_turn("file")
    try:
        found = _judged(_sent())
    except RuleBroken as error:
        return _refused(error)
    state = _state(found)
    answer = (jsonify(_facts(found, state)), 200) if wants("application/json") else _page(found, state)
    if found.transcript is None:
        turns.count("file", {Check(found.known.award_id if found.shown and found.known else None, state): 1})
    return quiet(answer)


def _sent() -> bytes:
    """Return the file that was sent; raise `RuleBroken` "file_missing" or "file_too_large"."""
    file = request.files.get("file")
    content = file.read(LARGEST_FILE + 1) if file else b""
    if not file and request.mimetype in ("application/pdf", "application/json", "application/vc", "application/jwt"):
        content = request.get_data()
    if not content:
        raise RuleBroken("file_missing")
    if len(content) > LARGEST_FILE:
        raise RuleBroken("file_too_large", most=LARGEST_FILE // 1024 // 1024)
    return content


def _judged(content: bytes) -> Received:
    """Return what a file is; raise `RuleBroken` "file_busy"."""
    if not _turn.acquire(timeout=_PATIENCE):
        raise RuleBroken("file_busy")
    try:
        return judge_file(reading(), config(), content, at=now())
    finally:
        _turn.release()


def _state(found: Received) -> str:
    """Return what came of the check: how the certificate of a genuine file stands, or what the file is instead."""
    if found.known is None or found.shown is None:
        return found.outcome
    return found.known.state_of(found.shown, local_date(now()))


def _facts(found: Received, state: str) -> dict[str, Any]:
    if found.transcript is not None:
        return {"genuine": True, "state": state, **transcript_facts(found.transcript)}
    if found.known is None or found.shown is None or found.checked is None:
        return {"genuine": False, "state": state}
    own = {"name": found.checked.name, "payload_sha256": found.shown.sha256}
    return {"genuine": True, **facts_of(found.known, found.shown, state), **own}


def _page(found: Received, state: str) -> tuple[str, int]:
    if found.transcript is not None:
        return page("verify_transcript.html", transcript=found.transcript)
    known, shown, checked = found.known, found.shown, found.checked
    told = told_of(known, shown, state) if known and shown else told_refused(state)
    return page("verify_file.html", told=told, known=known, shown=shown, checked=checked)


def _refused(error: RuleBroken) -> Response:
    """Answer a file that cannot be checked: none, too large, or too many at this moment."""
    status = {"file_missing": 400, "file_too_large": 413}.get(error.code, 503)
    sentence = messages.sentence(error)
    if wants("application/json"):
        return quiet((jsonify({"error": error.code, "message": sentence}), status))
    return quiet(page("verify_form.html", typed="", refused=sentence, status=status))
