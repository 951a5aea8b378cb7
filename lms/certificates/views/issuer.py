"""What programs fetch to check certificates by themselves: keys, status lists, and what credentials point at.

Everything here is the same for everyone and may be kept: other sites' pages may read it, and a copy of it as files
serves as well.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import Response, request
from werkzeug.exceptions import ServiceUnavailable

from lms.certificates import queries
from lms.certificates.jobs import publishing
from lms.certificates.jobs.keyring import KeyUnusableError
from lms.certificates.jobs.keyring.making import provider_of
from lms.certificates.jobs.publishing import CREDENTIAL, JSON, TOKEN
from lms.certificates.rules.badges import addresses, issuer
from lms.certificates.rules.badges.terms import BADGE
from lms.certificates.views import turns
from lms.certificates.views.blueprint import bp, config
from lms.certificates.views.withdrawn import lately_withdrawn
from lms.clock import now
from lms.competencies.specs import FrameworkSpec
from lms.content.library import current, published_as, spec_of, versions_of
from lms.db import reading
from lms.errors import NotFound, RuleBroken
from lms.tracks.specs import TrackSpec
from lms.web.access import public

log = logging.getLogger(__name__)
_HOUR = 3600
_SOON = 300
_TOKENS = (TOKEN, "application/vc+jwt")


@bp.get("/.well-known/did.json")
@public
def did_document() -> Response:
    """Send the document that names the keys of credentials."""
    return _sent(publishing.did_document(*_asked()), "application/did+json")


@bp.get("/.well-known/jwks.json")
@public
def jwks() -> Response:
    """Send all public keys as a JWK set."""
    return _sent(publishing.jwks(*_asked()), JSON)


@bp.get("/credentials/keys/<key_id>")
@public
def key(key_id: str) -> Response:
    """Send one public key as a JWK, as the head of a token names it."""
    return _sent(publishing.jwk(*_asked(), key_id), "application/jwk+json")


@bp.get("/credentials/root.pem")
@public
def root() -> Response:
    """Send the certificates that the seals of pages go back to."""
    return _sent(publishing.root_pem(queries.list_keys(reading())) or None, "application/x-pem-file")


@bp.get("/credentials/status/<int:number>")
@public
def status_list(number: int) -> Response:
    """Send a status list, as a credential or, when that is asked for, as a token; 503 while no key can sign it."""
    turns.take_turn("list")
    accepted = request.accept_mimetypes
    as_token = accepted.best_match([CREDENTIAL, JSON, *_TOKENS], CREDENTIAL) in _TOKENS
    try:
        url = publishing.address_of(queries.list_keys(reading()), request.host, "")
        content = publishing.status_list(
            reading(), provider_of(config()), number, at=now(), as_token=as_token, url=url, find=lately_withdrawn
        )
    except (RuleBroken, KeyUnusableError) as error:
        log.exception("the status list %s cannot be signed; see `lms keys list`", number)
        raise ServiceUnavailable(retry_after=_SOON) from error
    response = _sent(content, TOKEN if as_token else CREDENTIAL)
    response.vary.add("Accept")
    return response


@bp.get("/credentials/frameworks/<framework>")
@public
def framework(framework: str) -> Response:
    """Send a framework of competencies, as credentials name it, in the form of 1EdTech CASE."""
    source = current(reading()).get("framework", framework)
    spec, version = spec_of(FrameworkSpec, source), published_as(reading(), source.revision_id)
    titles = {each.id: each.title for each in spec.competencies}
    changed = f"{version.published_on}T00:00:00Z" if version else ""
    return _json(issuer.framework_document(config().base_url, framework, spec.title, titles, changed=changed))


@bp.get("/credentials/tracks/<track>/<revision>")
@public
def achievement(track: str, revision: str) -> Response:
    """Send what was achieved: a track as it was under the rules of one revision."""
    for source in versions_of(reading(), "track", track):
        if source.sha256[:16] == revision:
            spec = spec_of(TrackSpec, source)
            return _json(
                {
                    "@context": list(BADGE.contexts),
                    "id": addresses.achievement_id(config().base_url, track, source.sha256),
                    "type": ["Achievement"],
                    "name": spec.title,
                    "description": spec.summary,
                    "criteria": {"narrative": f"Everything that revision {source.sha256} of this track asks."},
                }
            )
    raise NotFound


def _asked() -> tuple[list[queries.PublicKey], str]:
    """Return all keys, and the address that is asked: an earlier one of the site when it still leads here."""
    keys = queries.list_keys(reading())
    return keys, publishing.address_of(keys, request.host, config().base_url)


def _json(document: Any) -> Response:
    return _sent(publishing.dump(document), JSON)


def _sent(content: bytes | None, kind: str) -> Response:
    """Return a document that anybody may read and keep for an hour; raise `NotFound` for none."""
    if content is None:
        raise NotFound
    response = Response(content, mimetype=kind)
    response.cache_control.public = True
    response.cache_control.max_age = _HOUR
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
