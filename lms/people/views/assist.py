"""Helping somebody in: printing or sending her invitation again, and vouched recovery of an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import force_locale, format_instant
from lms.i18n import gettext as _
from lms.people import policy, queries, rules, service
from lms.people.forms import EmptyForm, RecoveryForm, SendForm
from lms.people.queries import OpenLink, PersonRow, RecoveryRow
from lms.people.views.blueprint import actor_of, bp, config, explained, is_staff, oversees, page
from lms.web.access import get_actor, roles
from lms.web.qr import svg_answer


@dataclass(frozen=True)
class Standing:
    """How one who helps stands to one who is helped, as `policy.can_assist` takes it."""

    oversees: frozenset[int]
    is_staff: bool


def _assisted(public_id: str) -> tuple[Actor, PersonRow, Standing]:
    """Return who asks, whom she may help, and how they stand to each other; raise `NotFound` otherwise."""
    actor, person = get_actor(), queries.get_person(reading(), public_id)
    standing = Standing(oversees(actor, person.person_id), is_staff(person.account_id))
    if not policy.can_assist(actor, person.account_id, **vars(standing)):
        raise NotFound
    return actor, person, standing


@bp.route("/people/<public_id>/access", methods=["GET", "POST"])
@roles("supervisor", "administrator")
def access(public_id: str) -> Any:
    """Show how somebody gets in, and ask for a recovery."""
    actor, person, standing = _assisted(public_id)
    form = RecoveryForm()
    if form.validate_on_submit():
        with explained(form):
            _request_recovery(form, actor, person, standing)
            flash(_("Thank you. Another person must confirm it now."), "success")
            return redirect(url_for("people.access", public_id=public_id))
    places = None if actor.has("administrator") else standing.oversees
    recoveries = queries.list_recoveries(reading(), account_id=person.account_id, organizations=places, at=now())
    sending = _send_form(person)
    return page("access.html", form, person=person, recoveries=recoveries, me=actor.account_id, sending=sending)


def _send_form(person: PersonRow) -> SendForm | None:
    """Return the tick beside "Send it again" for somebody who has a number alone; None for others. One query."""
    kinds = {row.kind for row in queries.list_contacts(reading(), person.person_id)}
    return SendForm(formdata=None) if person.state == "invited" and kinds == {"phone"} else None


def _request_recovery(form: RecoveryForm, actor: Actor, person: PersonRow, standing: Standing) -> None:
    contact = rules.normal_identifier(form.contact.data)
    if contact is None:
        raise RuleBroken("contact_wrong")
    write(
        lambda session: service.request_recovery(
            session,
            actor,
            person.public_id,
            contact=contact,
            reason=form.reason.data,
            **vars(standing),
            at=now(),
        )
    )


@bp.post("/people/<public_id>/invitation/print")
@roles("supervisor", "administrator")
def renew_to_print(public_id: str) -> Response:
    """Make a new invitation to be printed. One that was sent before ends."""
    link = _renew(public_id, send=False)
    return redirect(
        url_for("people.print_invitation", public_id=link) if link else url_for("people.access", public_id=public_id)
    )


@bp.post("/people/<public_id>/invitation/send")
@roles("supervisor", "administrator")
def renew_to_send(public_id: str) -> Response:
    """Send the invitation again."""
    if _renew(public_id, send=True, by_text=SendForm().by_text.data):
        flash(_("A new invitation is on its way."), "success")
    return redirect(url_for("people.access", public_id=public_id))


def _renew(public_id: str, *, send: bool, by_text: bool = False) -> str | None:
    """Return the public id of a new invitation link; None after saying why there is none."""
    actor, _person, standing = _assisted(public_id)
    form = EmptyForm()
    with explained(form):
        return write(
            lambda session: service.renew_invitation(
                session, actor, public_id, **vars(standing), send=send, by_text=by_text, at=now()
            )
        )
    flash(form.form_errors[0], "error")
    return None


def _printed(public_id: str) -> OpenLink:
    """Return an open invitation that the one who asks may print: its maker, or an administrator."""
    link = queries.find_open_link(reading(), public_id, ("invitation",), now())
    actor = get_actor()
    if link is None or not (actor.has("administrator") or link.created_by == actor.account_id):
        raise NotFound
    return link


@bp.get("/invitations/<public_id>")
@roles("supervisor", "administrator")
def print_invitation(public_id: str) -> Any:
    """Show an invitation with its QR code, to be printed."""
    link = _printed(public_id)
    letter = {tag: _letter(link, tag) for tag in (link.language, "en")}
    return page("print_invitation.html", link=link, letter=letter)


def _letter(link: OpenLink, tag: str) -> dict[str, str]:
    """Return what a printed invitation says, in one language: it is for the one invited, not for its printer."""
    with force_locale(tag):
        return {
            "welcome": _(
                "Welcome to the community health training. "
                "Scan this picture with the camera of your phone, and open the page that it shows."
            ),
            "until": _("It works once, until:") + " " + format_instant(link.expires_at),
        }


@bp.get("/invitations/<public_id>.svg")
@roles("supervisor", "administrator")
def invitation_image(public_id: str) -> Response:
    """Return the QR code of an invitation. Its token is made here, and kept nowhere."""
    token = rules.link_token(config().secret_key, _printed(public_id).public_id)
    return svg_answer(f"{config().base_url}/invitation/{token}")


@bp.get("/admin/recoveries")
@roles("administrator")
def recoveries() -> Any:
    """List the requests to regain an account that wait for a second person."""
    return page("recoveries.html", rows=queries.list_recoveries(reading(), at=now()), me=get_actor().account_id)


def _waiting(public_id: str) -> tuple[RecoveryRow, Standing]:
    """Return a request that waits, and how the one who asks stands to its person; raise `NotFound`."""
    row = queries.find_recovery(reading(), public_id, now())
    if row is None:
        raise NotFound
    return row, Standing(oversees(get_actor(), row.person_id), is_staff(row.account_id))


@bp.post("/recoveries/<public_id>/vouch")
@roles("supervisor", "administrator")
def vouch(public_id: str) -> Response:
    """Confirm a recovery as the second person; the way back goes to the new contact."""
    at, form = now(), EmptyForm()
    row, standing = _waiting(public_id)
    with explained(form):
        if _vouch(row, standing, at) > at:
            flash(_("Thank you. The way back is sent tomorrow. Until then we ask at her old contacts."), "success")
        else:
            flash(_("Thank you. The way back is on its way to the new contact."), "success")
    return _back(row, form)


def _vouch(row: RecoveryRow, standing: Standing, at: datetime) -> datetime:
    """Vouch, looking at the right of the one who asked again; return when the way back is sent."""
    actor, requester = get_actor(), actor_of(row.requested_by)
    hers = oversees(requester, row.person_id) if requester else frozenset()
    return write(
        lambda session: service.vouch_recovery(
            session,
            actor,
            row.public_id,
            **vars(standing),
            requester=requester,
            requester_oversees=hers,
            at=at,
        )
    )


@bp.post("/recoveries/<public_id>/refuse")
@roles("supervisor", "administrator")
def refuse_recovery(public_id: str) -> Response:
    """Close a request without effect."""
    actor, form = get_actor(), EmptyForm()
    row, standing = _waiting(public_id)
    with explained(form):
        write(lambda session: service.refuse_recovery(session, actor, public_id, **vars(standing), at=now()))
        flash(_("The request is closed. Nothing was sent."), "success")
    return _back(row, form)


def _back(row: RecoveryRow, form: EmptyForm) -> Response:
    """Say how it went, and return to where requests are listed."""
    for message in form.form_errors:
        flash(message, "error")
    if get_actor().has("administrator"):
        return redirect(url_for("people.recoveries"))
    return redirect(url_for("people.access", public_id=row.person_public_id))
