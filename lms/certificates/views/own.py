"""Pages of the worker: her application and what she answers, her certificate and who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor, Span
from lms.certificates import messages, queries, service
from lms.certificates.forms import AnswerForm, EmptyForm
from lms.certificates.queries import Known
from lms.certificates.rules.payloads import is_current
from lms.certificates.views.blueprint import bp, explained, page
from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import gettext as _
from lms.i18n import language
from lms.organizations.queries import SpellRow, list_spells
from lms.tracks.queries import askers_of, track_title
from lms.web.access import get_actor, signed_in


@bp.route("/record/applications/<public_id>", methods=["GET", "POST"])
@signed_in
def own_application(public_id: str) -> Any:
    """Show the worker where her application stands; she answers a question or asks another person here."""
    actor, form = get_actor(), AnswerForm()
    row = queries.get_own_application(reading(), actor, public_id)
    if form.validate_on_submit():
        with explained(form):
            _answer(actor, row, form)
            flash(_("Thank you. Your words are sent."), "success")
            return redirect(url_for("certificates.own_application", public_id=public_id))
    return _application_page(row, form)


def _answer(actor: Actor, row: queries.ApplicationRow, form: AnswerForm) -> None:
    """Send what she wrote. Raises `RuleBroken`, also when her page showed a question and she is refused by now."""
    if {form.about.data, row.state} == {"asked", "refused"}:
        raise RuleBroken("changed_meanwhile")
    appeal, key, text = row.state == "refused", form.client_id.data, form.text.data
    write(lambda s: service.answer(s, actor, row.public_id, text, is_appeal=appeal, client_id=key, at=now()))


def _application_page(row: queries.ApplicationRow, form: AnswerForm) -> Any:
    form.about.data = row.state
    said = queries.list_said(reading(), row.application_id)
    return page(
        "own_application.html",
        form,
        row=row,
        title=track_title(current(reading()), row.track_key, language()),
        said=said,
        has_appealed=any(each.kind == "appeal" for each in said),
        award_id=queries.find_award_of(reading(), row.key),
        naming=row.naming,
        form=form,
    )


def own_known(actor: Actor, public_id: str) -> Known:
    """Return the worker's own certificate; raise `NotFound` for anybody else's."""
    known = queries.get_known(reading(), public_id)
    if known.person_id != actor.person_id:
        raise NotFound
    return known


def _employers(actor: Actor, known: Known) -> list[tuple[SpellRow, bool, bool]]:
    """Return the worker's present spells; of each whether its organization asked for the track, and is shown it."""
    asked = askers_of(reading(), actor.person_id, known.track_key, until=known.awarded_at)
    shared = queries.shared_with(reading(), known.award_id)
    return [
        (each, each.organization_id in asked, each.organization_id in shared)
        for each in list_spells(reading(), actor.person_id)
        if Span(each.organization_id, each.started_on, each.ended_on).covers(actor.today)
    ]


def _other_pages(payload: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the further pages that can be drawn of a certificate; of one of the first format there are none."""
    return tuple(messages.other_pages(payload["language"])) if is_current(payload) else ()


@bp.get("/record/certificates/<public_id>")
@signed_in
def own_certificate(public_id: str) -> Any:
    """Show the worker her certificate: to keep, to share, to correct."""
    actor = get_actor()
    known = own_known(actor, public_id)
    return page(
        "own_certificate.html",
        other_pages=_other_pages(known.shown.payload),
        known=known,
        renewing=queries.renewing_of(reading(), actor.person_id, known.track_key, known.cycle, today=actor.today),
        renewal_words=messages.renewal_words,
        shown=known.shown,
        state=known.state_of(known.shown, actor.today),
        employers=_employers(actor, known),
        checked=queries.count_checks(reading(), known.award_id, actor.today)[0],
        name_request=queries.find_open_name_request(reading(), known.award_id),
    )


@bp.post("/record/certificates/<public_id>/<any(share, withdraw):change>")
@signed_in
def share(public_id: str, change: str) -> Response:
    """Let a present employer see the certificate, or end that."""
    actor, spell = get_actor(), request.form.get("employment", "")
    act = service.share if change == "share" else service.withdraw_share
    if EmptyForm().validate_on_submit():
        write(lambda session: act(session, actor, public_id, spell, at=now()))
        said = _("Your employer can see this certificate now.")
        flash(said if change == "share" else _("Your employer can no longer see this certificate."), "success")
    return redirect(url_for("certificates.own_certificate", public_id=public_id))
