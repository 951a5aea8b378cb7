"""The reader's own pages: how she wants to be written to, and every letter that was written to her."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.db import reading, write
from lms.i18n import gettext as _
from lms.notifications import queries, service
from lms.notifications.forms import ChoicesForm
from lms.notifications.messages import STATE_NAMES, kind_name
from lms.notifications.queries import PAGE_SIZE
from lms.notifications.rules import Wish
from lms.notifications.views.blueprint import bp, explained, page
from lms.people import queries as people
from lms.people.queries import ContactRow
from lms.people.rules import shown_contact
from lms.web.access import get_actor, signed_in
from lms.web.forms import page_of


@bp.route("/account/letters", methods=["GET", "POST"])
@signed_in
def choices() -> Any:
    """Let the reader choose how reminders reach her, when texts may come, and whether she gets the weekly letter."""
    actor = get_actor()
    contacts = people.list_contacts(reading(), actor.person_id)
    form = _form(actor, contacts)
    if form.validate_on_submit():
        with explained(form):
            wish, agreed = _wish(form), form.agreed.data if "agreed" in form else ()
            write(lambda session: service.choose(session, actor, wish, agreed or (), at=now()))
            flash(_("Saved. Letters come as you wish."), "success")
            return redirect(url_for("notifications.choices"))
    return page("choices.html", form, bounces=list(queries.bounces_of(reading(), contacts).values()))


def _form(actor: Actor, contacts: list[ContactRow]) -> ChoicesForm:
    """Return the form with what holds now."""
    wish = queries.find_wish(reading(), actor.person_id)
    numbers = queries.numbers_of(contacts)
    said = queries.list_agreements(reading(), actor.person_id, numbers)
    form = ChoicesForm(
        channel=wish.channel or "",
        agreed=[number for number in numbers if number in said and said[number].is_given],
        quiet_from=wish.quiet_from,
        quiet_until=wish.quiet_until,
        wants_digest=wish.wants_digest,
    )
    shown = [(number, shown_contact(number)) for number in numbers]
    fitted: ChoicesForm = form.fit(numbers=shown, supervises=actor.has("supervisor"))
    return fitted


def _wish(form: ChoicesForm) -> Wish:
    """Return what was chosen; what was not asked stays as it is."""
    now_ = queries.find_wish(reading(), get_actor().person_id)
    return Wish(
        form.channel.data or None,
        form.quiet_from.data if "quiet_from" in form else now_.quiet_from,
        form.quiet_until.data if "quiet_until" in form else now_.quiet_until,
        form.wants_digest.data if "wants_digest" in form else now_.wants_digest,
    )


@bp.post("/account/letters/addresses/<public_id>/right")
@signed_in
def right_address(public_id: str) -> Response:
    """Try an address again that refused a letter: she says that it is right."""
    actor = get_actor()
    write(lambda session: service.clear_bounce(session, actor, public_id, at=now()))
    flash(_("Thank you. We write there again."), "success")
    return redirect(url_for("notifications.choices"))


@bp.get("/record/letters")
@signed_in
def sent() -> Any:
    """Show the reader every letter that was written to her."""
    actor = get_actor()
    number, pages = page_of(queries.count_sent(reading(), actor.person_id), PAGE_SIZE)
    rows = queries.list_sent(reading(), actor.person_id, page=number)
    return page("sent.html", rows=rows, number=number, pages=pages, kind_name=kind_name, states=STATE_NAMES)
