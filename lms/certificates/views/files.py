"""The certificate as a file, for its holder, a supervisor who may see it, and certifiers."""

from __future__ import annotations

from datetime import date
from typing import Literal
from urllib.parse import urlencode

from flask import Response, request

from lms.actor import Actor
from lms.certificates import jobs, policy, queries
from lms.certificates.queries import Known
from lms.certificates.rules.kinds import FIRST_PAGE, PAGE_KINDS
from lms.certificates.rules.payloads import is_current
from lms.certificates.rules.serials import read_serial, show_serial
from lms.certificates.views.blueprint import bp, config, page
from lms.clock import now
from lms.db import reading
from lms.errors import NotFound
from lms.files import DamagedFileError
from lms.organizations.queries import spans_of
from lms.tracks.queries import askers_of
from lms.web.access import get_actor, signed_in

#: In these states the card for a wallet is offered: it says of itself until when it is good.
CARD_STATES = ("valid", "expired")
#: So often the page that says "wait" tries again by itself, every ten seconds.
_MOST_TRIES = 12
#: The artifact and the media type of each ending.
_ENDINGS = {"pdf": (FIRST_PAGE, "application/pdf"), "json": ("vc", "application/json"), "jwt": ("jwt", "text/plain")}


@bp.get("/certificates/<serial>.<any(pdf, json, jwt):kind>")
@signed_in
def download(serial: str, kind: str) -> Response:
    """Send the edition that counts, exactly as it was released; `?page=` names another page than the usual one."""
    return send(_readable(get_actor(), serial), kind, request.args.get("page", ""))


@bp.get("/certificates/<serial>/card.pdf")
@signed_in
def card(serial: str) -> Response:
    """Send the card for a wallet of a certificate that counts or counted until its end; `?paper=a4`.

    One that is revoked, suspended, being made, or of the first format (which has no code) answers as missing.
    """
    known = _readable(get_actor(), serial)
    edition_id = known.shown.edition_id
    sha256 = queries.find_artifact(reading(), edition_id, "code")
    if sha256 is None or known.state_of(known.shown, get_actor().today) not in CARD_STATES:
        raise NotFound
    paper: Literal["letter", "a4"] = "a4" if request.args.get("paper") == "a4" else "letter"
    try:
        content = jobs.make_card(reading(), config(), edition_id, sha256, paper=paper)
    except DamagedFileError:
        return _told(known, "damaged.html")
    return _file(content, "application/pdf", f"{show_serial(known.serial)}-{known.shown.number}-card.pdf")


def _readable(actor: Actor, serial: str) -> Known:
    """Return a released certificate that the actor may open; raise `NotFound`."""
    plain = read_serial(serial)
    known = queries.find_known(reading(), plain) if plain else None
    if known is None or known.standing.edition is None or not _may_read(actor, known):
        raise NotFound
    return known


def send(known: Known, ending: str, rendering: str = "") -> Response:
    """Send a file of the edition that counts, whoever may see it; a page that nobody has drawn yet is drawn now.

    One of the first format has a page and a JSON file of its own, and no further page can be drawn of it. Of a revoked
    certificate no page is drawn any more: what is there is sent, the rest is missing.
    """
    usual, media_type = _ENDINGS[ending]
    is_new = is_current(known.shown.payload)
    if ending == "json" and not is_new:
        usual = "json"
    kind = rendering if ending == "pdf" and rendering in PAGE_KINDS else usual
    edition_id = known.shown.edition_id
    sha256 = queries.find_artifact(reading(), edition_id, kind)
    if sha256 is None and ending == "pdf" and is_new:
        sha256 = jobs.make_page_now(config(), edition_id, kind, at=now())
        if sha256 is None:
            return _preparing(known)
    if sha256 is None:
        raise NotFound
    try:
        content = jobs.open_file(config(), edition_id, kind, sha256)
    except DamagedFileError:
        return _told(known, "damaged.html")
    name = f"{show_serial(known.serial)}-{known.shown.number}{kind.removeprefix(usual)}.{ending}"
    return _file(content, media_type, name)


def _file(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _told(known: Known, template: str, *, after: int = 10, **values: str) -> Response:
    """Say why the file cannot be had now; `after` so many seconds it may."""
    body, status = page(template, known=known, status=503, **values)
    response = Response(body, status)
    response.headers["Retry-After"] = str(after)
    return response


def _preparing(known: Known) -> Response:
    """Say that a page is being drawn; the browser tries again a few times, and then her own hand does."""
    tries = request.args.get("tries", 0, type=int) + 1
    if tries > _MOST_TRIES:
        return _told(known, "preparing.html", after=600, again="")
    return _told(known, "preparing.html", again="?" + urlencode({**request.args, "tries": tries}))


def _may_read(actor: Actor, known: Known) -> bool:
    """Return whether the actor may open the whole certificate; one query for most, four for a supervisor."""
    if not actor.supervises:
        return policy.can_read(actor, known.person_id, (), awarded_on=actor.today)
    return policy.can_read(
        actor,
        known.person_id,
        spans_of(reading(), [known.person_id]).get(known.person_id, ()),
        awarded_on=date.fromisoformat(known.shown.payload["awarded_on"]),
        assigned_by=askers_of(reading(), known.person_id, known.track_key, until=known.awarded_at),
        shared_with=queries.shared_with(reading(), known.award_id),
    )
