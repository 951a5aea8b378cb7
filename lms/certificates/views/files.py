"""The certificate as a file, for its holder, a supervisor who may see it, and certifiers."""

from __future__ import annotations

from datetime import date

from flask import Response

from lms.actor import Actor
from lms.certificates import jobs, policy, queries
from lms.certificates.queries import Known
from lms.certificates.rules.serials import read_serial, show_serial
from lms.certificates.views.blueprint import bp, config, page
from lms.db import reading
from lms.errors import NotFound
from lms.files import DamagedFileError
from lms.organizations.queries import spans_of
from lms.tracks.queries import askers_of
from lms.web.access import get_actor, signed_in

_TYPES = {"pdf": "application/pdf", "json": "application/json"}


@bp.get("/certificates/<serial>.<any(pdf, json):kind>")
@signed_in
def download(serial: str, kind: str) -> Response:
    """Send the edition that counts, exactly as it was released."""
    actor, plain = get_actor(), read_serial(serial)
    known = queries.find_known(reading(), plain) if plain else None
    if known is None or known.standing.edition is None or not _may_read(actor, known):
        raise NotFound
    return send_released(known, kind)


def send_released(known: Known, kind: str) -> Response:
    """Return a file of the edition that counts, exactly as it was released; who may have it was judged before."""
    sha256 = queries.find_artifact(reading(), known.shown.edition_id, kind)
    if sha256 is None:
        raise NotFound
    try:
        content = jobs.open_file(config(), known.shown.edition_id, kind, sha256)
    except DamagedFileError:
        return _damaged(known)
    response = Response(content, mimetype=_TYPES[kind])
    name = f"{show_serial(known.serial)}-{known.shown.number}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _damaged(known: Known) -> Response:
    """Say that the file is damaged and cannot be made again here."""
    body, status = page("damaged.html", known=known, status=503)
    return Response(body, status)


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
