"""The public check of a certificate: by its number, by its code, as a page and as JSON. It asks nobody who they are.

The check symbol is looked at before the database. What is shown are the signed facts, with the name masked.
"""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, redirect, request, url_for

from lms.certificates import queries, service
from lms.certificates.forms import CheckNameForm
from lms.certificates.queries import EditionFacts, Known
from lms.certificates.rules.names import mask_name
from lms.certificates.rules.serials import read_serial, show_serial
from lms.certificates.views.blueprint import bp, explained, page
from lms.clock import local_date, now
from lms.db import reading, write
from lms.web.access import public

#: States in which the name is shown, masked, and may be compared.
NAMED = ("valid", "expired", "suspended")


@bp.get("/verify")
@public
def verify_form() -> Any:
    """Ask for the number of a certificate."""
    typed = request.args.get("serial", "").strip()
    if typed and (serial := read_serial(typed)):
        return redirect(url_for("certificates.verify", serial=show_serial(serial)))
    return _quiet(page("verify_form.html", typed=typed, status=400 if typed else 200))


@bp.route("/verify/<serial>", methods=["GET", "POST"])
@public
def verify(serial: str) -> Any:
    """Show what a certificate is worth today."""
    return _answer(serial, None)


@bp.route("/V/<serial>/<edition>", methods=["GET", "POST"])
@public
def verify_edition(serial: str, edition: str) -> Any:
    """Show the same for the edition that is printed in the code."""
    return _answer(serial, edition)


def _answer(typed: str, edition: str | None) -> Any:
    """Answer a check; an unknown number and one that cannot be look alike but for the words."""
    serial = read_serial(typed)
    if serial is None:
        return _unknown("mistyped", typed)
    known = queries.find_known(reading(), serial)
    shown = _edition(known, edition) if known else None
    if known is None or shown is None:
        return _unknown("unknown", show_serial(serial))
    state = known.state_of(shown, local_date(now()))
    if _wants_json():
        return _quiet((jsonify(_facts(known, shown, state)), 200))
    return _page(known, shown, state)


def _edition(known: Known, edition: str | None) -> EditionFacts | None:
    """Return the released edition that is asked for, or None."""
    if known.standing.edition is None:
        return None
    if edition is None:
        return known.shown
    released = (each for each in known.editions if each.number <= (known.standing.edition or 0))
    return next((each for each in released if str(each.number) == edition), None)


def _page(known: Known, shown: EditionFacts, state: str) -> Any:
    form, same = CheckNameForm(), None
    if state in NAMED and form.validate_on_submit():
        with explained(form):
            name = form.name.data
            same = write(lambda session: service.compare_name(session, known.serial, name, at=now()))
    return _quiet(
        page(
            "verify.html",
            form,
            known=known,
            payload=shown.payload,
            shown=shown,
            state=state,
            masked=mask_name(shown.payload["name"]) if state in NAMED else "",
            newer=known.standing.edition,
            form=form,
            same=same,
        )
    )


def _facts(known: Known, shown: EditionFacts, state: str) -> dict[str, Any]:
    """Return the signed facts that the public may read, with the state."""
    payload = shown.payload
    public_facts = (
        "serial", "edition", "track", "competencies", "minutes", "language_of_instruction", "completed_on",
        "awarded_on", "valid_until", "issuer", "disclaimers", "demonstration",
    )  # fmt: skip
    facts: dict[str, Any] = {name: payload[name] for name in public_facts}
    facts |= {"state": state, "payload_sha256": shown.sha256, "current_edition": known.standing.edition}
    if state in NAMED:
        facts["name"] = mask_name(payload["name"])
    if state == "revoked" and (revoked := known.last("revoked")):
        facts |= {"revoked_at": revoked.at.isoformat(), "reason": revoked.reason_code}
    return facts


def _unknown(state: str, shown: str) -> Any:
    if _wants_json():
        return _quiet((jsonify({"state": state, "serial": shown[:40]}), 404))
    return _quiet(page("verify_unknown.html", state=state, serial=shown[:40], status=404))


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return bool(best == "application/json")


def _quiet(answer: tuple[str | Response, int]) -> Response:
    """Return an answer that search engines leave out."""
    body, status = answer
    response = body if isinstance(body, Response) else Response(body, mimetype="text/html")
    response.status_code = status
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.vary.add("Accept")
    return response
