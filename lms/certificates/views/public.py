"""The public check of a certificate: by its number, by its code, as a page and as JSON. It asks nobody who they are.

The check symbol is looked at before the database. What is shown are the signed facts, with the name masked.
"""

from __future__ import annotations

from typing import Any

from flask import jsonify, redirect, request, url_for

from lms.certificates import queries, service
from lms.certificates.forms import CheckNameForm
from lms.certificates.queries import EditionFacts, Known
from lms.certificates.rules.batches import read_cell
from lms.certificates.rules.checks import Check
from lms.certificates.rules.names import mask_name
from lms.certificates.rules.public import NAMED
from lms.certificates.rules.serials import read_serial, show_serial
from lms.certificates.views import turns
from lms.certificates.views.blueprint import bp, explained, page
from lms.certificates.views.code_keys import page_keys
from lms.certificates.views.saying import facts_of, quiet, told_of, told_refused, wants
from lms.clock import local_date, now
from lms.db import reading, write
from lms.web.access import find_actor, public

_LONGEST_SHOWN = 40


@bp.get("/verify")
@public
def verify_form() -> Any:
    """Ask for the number of a certificate, for its file, or for a list."""
    typed = request.args.get("serial", "").strip()
    serial, edition = read_cell(typed)
    if serial and edition:
        return redirect(url_for("certificates.verify_edition", serial=show_serial(serial), edition=edition))
    if serial:
        return redirect(url_for("certificates.verify", serial=show_serial(serial)))
    return quiet(page("verify_form.html", typed=typed, refused="", status=400 if typed else 200))


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
    """Answer a check; an unknown number and one that cannot be look alike but for the words, and take as long."""
    turns.take_turn("single")
    serial = read_serial(typed)
    known = queries.find_shown(reading(), serial) if serial else None
    shown = edition_of(known, edition) if known else None
    if serial is None or known is None or shown is None:
        return _refused("unknown" if serial else "mistyped", show_serial(serial) if serial else typed)
    state = known.state_of(shown, local_date(now()))
    is_json = wants("application/json")
    body = (jsonify(facts_of(known, shown, state)), 200) if is_json else _page(known, shown, state)
    if request.method == "GET" and not _is_own(known):
        turns.count("json" if is_json else "qr" if edition else "page", {Check(known.award_id, state): 1})
    return quiet(body)


def _is_own(known: Known) -> bool:
    """Return whether the holder herself looks."""
    actor = find_actor()
    return actor is not None and actor.person_id == known.person_id


def edition_of(known: Known, edition: str | None) -> EditionFacts | None:
    """Return the released edition that is asked for, or None."""
    if edition is None:
        return known.shown
    return next((each for each in known.released if str(each.number) == edition), None)


def _page(known: Known, shown: EditionFacts, state: str) -> tuple[str, int]:
    form, same = CheckNameForm(), None
    if state in NAMED and form.validate_on_submit():
        with explained(form):
            name = form.name.data
            same = write(lambda session: service.compare_name(session, known.serial, name, at=now()))
    return page(
        "verify.html",
        form,
        known=known,
        payload=shown.payload,
        shown=shown,
        told=told_of(known, shown, state),
        masked=mask_name(shown.payload["name"]) if state in NAMED else "",
        form=form,
        same=same,
        keys=page_keys(),
    )


def _refused(state: str, shown: str) -> Any:
    is_json, shown = wants("application/json"), shown[:_LONGEST_SHOWN]
    if is_json:
        body: Any = (jsonify({"state": state, "serial": shown}), 404)
    else:
        body = page("verify_unknown.html", told=told_refused(state), serial=shown, status=404)
    turns.count("json" if is_json else "page", {Check(None, state): 1})
    turns.wait_like_others()
    return quiet(body)
