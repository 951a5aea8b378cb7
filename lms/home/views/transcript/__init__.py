"""A worker's whole record as a sealed PDF, for her alone: made when she asks, and kept nowhere."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from flask import Response, current_app, make_response, render_template, request

from lms.actor import Actor
from lms.certificates.jobs.transcripts import CannotSealError, issuer_of, seal_transcript
from lms.certificates.jobs.workshops import open_workshop
from lms.certificates.queries import find_certified_name
from lms.certificates.rules.names import name_to_seal
from lms.clock import now
from lms.config import Config
from lms.content.library import current
from lms.db import reading
from lms.home.queries import read_held
from lms.home.views.blueprint import bp
from lms.home.views.transcript.turns import take_turn
from lms.home.views.transcript.writing import About, facts_of, transcript_of
from lms.i18n import language
from lms.web.access import get_actor, signed_in


@bp.get("/record/transcript.pdf")
@signed_in
def transcript() -> Response:
    """Send the reader her own record, sealed as it stands now, in the language that she reads; `?paper=a4`."""
    actor, library, config = get_actor(), current(reading()), _config()
    take_turn(actor.person_id)
    about = _about(actor, config, issuer_of(library, urlsplit(config.base_url).netloc))
    held = read_held(reading(), library, actor.person_id, actor.today)
    try:
        drawn, facts = transcript_of(held, library, about), facts_of(held, library, about)
        content = seal_transcript(open_workshop(config), drawn, facts)
    except CannotSealError as error:
        current_app.logger.exception("a transcript cannot be sealed")
        return make_response(render_template("home/not_sealed.html", code=error.code), 503)
    headers = {"Content-Disposition": 'attachment; filename="my-record.pdf"', "Cache-Control": "private, no-store"}
    return current_app.response_class(content, mimetype="application/pdf", headers=headers)


def _about(actor: Actor, config: Config, issuer: str) -> About:
    """Return whose record it is, under the name that somebody has checked where there is one. One query."""
    name, is_checked = name_to_seal(actor.name, find_certified_name(reading(), actor.person_id))
    paper: Literal["letter", "a4"] = "a4" if request.args.get("paper") == "a4" else "letter"
    address = f"{urlsplit(config.base_url).netloc}/verify"
    at = now().replace(microsecond=0)
    return About(name, actor.language, language(), issuer, address, at, is_checked, paper)


def _config() -> Config:
    found: Config = current_app.config["LMS"]
    return found
