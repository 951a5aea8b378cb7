"""The certificate as a file, for its holder, a supervisor who may see it, and certifiers."""

from __future__ import annotations

from flask import Response

from lms import files
from lms.actor import Actor
from lms.certificates import policy, queries
from lms.certificates.queries import Known
from lms.certificates.rules.serials import read_serial, show_serial
from lms.certificates.views.blueprint import bp, config
from lms.clock import local_date
from lms.db import reading
from lms.errors import NotFound
from lms.organizations.queries import spans_of
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
    sha256 = queries.find_artifact(reading(), known.shown.edition_id, kind)
    if sha256 is None:
        raise NotFound
    response = Response(files.get(config().data_dir, sha256), mimetype=_TYPES[kind])
    name = f"{show_serial(known.serial)}-{known.shown.number}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _may_read(actor: Actor, known: Known) -> bool:
    """Return whether the actor may open the whole certificate; one query for most, four for a supervisor."""
    if not actor.supervises:
        return policy.can_read(actor, known.person_id, (), awarded_on=actor.today)
    awarded = known.last("issued")
    return policy.can_read(
        actor,
        known.person_id,
        spans_of(reading(), [known.person_id]).get(known.person_id, ()),
        awarded_on=local_date(awarded.at, config().timezone) if awarded else actor.today,
        assigned_by=frozenset(queries.assigners_of(reading(), known.person_id, known.track_key)),
        shared_with=queries.shared_with(reading(), known.award_id),
    )
