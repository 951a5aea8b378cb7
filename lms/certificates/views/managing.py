"""Pages on which staff manage certificates: find one, correct, suspend, lift, revoke by two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.certificates import policy, queries, service
from lms.certificates.forms import EmptyForm, NameForm, RevokeForm
from lms.certificates.queries import Known
from lms.certificates.views.blueprint import bp, explained, page
from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound
from lms.i18n import gettext as _
from lms.web.access import get_actor, roles
from lms.web.forms import page_href, page_of


@bp.get("/certify/certificates")
@roles("certifier", "administrator")
def certificates() -> Any:
    """List certificates, found by name or number, with what waits for a person on top."""
    actor, search = get_actor(), request.args.get("q", "").strip()
    number, pages = page_of(queries.count_awards(reading(), actor, search), queries.PAGE_SIZE)
    revocations, names = queries.list_open_requests(reading(), actor)
    return page(
        "certificates.html",
        rows=queries.list_awards(reading(), actor, search, today=actor.today, page=number),
        search=search,
        revocations=revocations,
        names=names,
        page=number,
        pages=pages,
        href_for=page_href("certificates.certificates", q=search),
    )


@bp.route("/certify/certificates/<public_id>", methods=["GET", "POST"])
@roles("certifier", "administrator")
def certificate(public_id: str) -> Any:
    """Show one certificate with its history; a certifier asks here to revoke it."""
    actor, form = get_actor(), RevokeForm()
    known = _managed(actor, public_id)
    if form.validate_on_submit():
        with explained(form):
            code, note = form.reason.data, form.note.data or ""
            write(lambda session: service.request_revocation(session, actor, public_id, code, note, at=now()))
            flash(_("Saved. A second person must confirm it."), "success")
            return redirect(url_for("certificates.certificate", public_id=public_id))
    return _certificate_page(actor, known, form)


def _managed(actor: Actor, public_id: str) -> Known:
    """Return a certificate that the actor may manage; raise `NotFound`."""
    known = queries.get_known(reading(), public_id)
    if not policy.can_manage(actor, known.person_id):
        raise NotFound
    return known


def _certificate_page(actor: Actor, known: Known, form: RevokeForm) -> Any:
    revocation = queries.find_open_revocation(reading(), known.award_id)
    return page(
        "certificate.html",
        form,
        known=known,
        shown=known.shown,
        state=known.state_of(known.shown, actor.today),
        form=form,
        action=EmptyForm(),
        may_certify=policy.can_certify(actor, known.person_id),
        may_confirm=revocation and policy.can_confirm(actor, known.person_id, revocation.requested_by),
        revocation=revocation,
        name_request=queries.find_open_name_request(reading(), known.award_id),
        checked=queries.count_checks(reading(), known.award_id, actor.today),
        problem=queries.find_problem(reading(), known.newest.edition_id),
    )


@bp.post("/certify/certificates/<public_id>/<any(suspend, lift, redraft):change>")
@roles("certifier")
def change_life(public_id: str, change: str) -> Response:
    """Suspend a certificate, lift its suspension, or draft one anew that was never released."""
    actor = get_actor()
    acts: dict[str, Callable[[Session], object]] = {
        "suspend": lambda session: service.suspend(session, actor, public_id, "under-review", at=now()),
        "lift": lambda session: service.lift(session, actor, public_id, at=now()),
        "redraft": lambda session: service.redraft(session, actor, public_id, at=now()),
    }
    if EmptyForm().validate_on_submit():
        with explained(None):
            write(acts[change])
            flash(_("Saved."), "success")
    return redirect(url_for("certificates.certificate", public_id=public_id))


@bp.route("/certify/certificates/<public_id>/name", methods=["GET", "POST"])
@roles("certifier")
def correct(public_id: str) -> Any:
    """Make a new edition with another spelling of the name."""
    actor = get_actor()
    known = _managed(actor, public_id)
    form = NameForm(name=known.shown.payload["name"])
    if form.validate_on_submit():
        with explained(form):
            write(lambda session: service.correct_name(session, actor, public_id, form.name.data, at=now()))
            flash(_("Saved. The new edition is being made now; it takes the place of the old one."), "success")
            return redirect(url_for("certificates.certificate", public_id=public_id))
    return page("correct.html", form, form=form, known=known)


@bp.post("/certify/revocations/<public_id>/<any(confirm, withdraw):answer>")
@roles("certifier", "administrator")
def settle_revocation(public_id: str, answer: str) -> Response:
    """Confirm a revocation as the second person, or withdraw it."""
    actor, confirm = get_actor(), answer == "confirm"
    if EmptyForm().validate_on_submit():
        with explained(None):
            write(lambda session: service.settle_revocation(session, actor, public_id, confirm=confirm, at=now()))
            flash(_("The certificate is revoked.") if confirm else _("The request is withdrawn."), "success")
    return redirect(url_for("certificates.certificates"))


@bp.post("/certify/names/<public_id>/<any(grant, refuse):answer>")
@roles("certifier")
def settle_name(public_id: str, answer: str) -> Response:
    """Make the new edition that a holder asked for, or say no."""
    actor, grant = get_actor(), answer == "grant"
    if EmptyForm().validate_on_submit():
        with explained(None):
            write(lambda session: service.settle_name(session, actor, public_id, grant=grant, at=now()))
            flash(_("Saved."), "success")
    return redirect(url_for("certificates.certificates"))
