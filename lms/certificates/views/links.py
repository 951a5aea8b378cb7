"""The holder's links: she makes one, copies it, sees whether it was opened, and withdraws it."""

from __future__ import annotations

import hmac
from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.certificates import queries, service
from lms.certificates.forms import EmptyForm, LinkForm
from lms.certificates.queries import Known
from lms.certificates.rules import links as rules
from lms.certificates.views.blueprint import bp, config, explained, page
from lms.certificates.views.own import own_known
from lms.clock import now
from lms.db import reading, write
from lms.i18n import gettext as _
from lms.web.access import get_actor, signed_in


@bp.route("/record/certificates/<public_id>/links", methods=["GET", "POST"])
@signed_in
def own_links(public_id: str) -> Any:
    """Show the holder the links to her certificate, and make another."""
    actor, form = get_actor(), LinkForm()
    known = own_known(actor, public_id)
    if form.validate_on_submit():
        with explained(form):
            _make(actor, known, form)
            flash(_("Your link is made. Copy it below."), "success")
            return redirect(url_for("certificates.own_links", public_id=public_id))
    rows = [(row, _address(known, row)) for row in queries.list_links(reading(), known.award_id, now())]
    state = known.state_of(known.shown, actor.today)
    return page("own_links.html", form, form=form, known=known, links=rows, state=state)


def _make(actor: Actor, known: Known, form: LinkForm) -> None:
    key, label, days = form.client_id.data, (form.label.data or "").strip(), int(form.days.data)
    hashed = rules.hash_of(rules.token_of(config().secret_key, known.public_id, key))
    values = {"token_hash": hashed, "client_id": key, "label": label, "days": days}
    write(lambda session: service.make_link(session, actor, known.public_id, at=now(), **values))


def _address(known: Known, row: queries.LinkRow) -> str:
    """Return the whole address of a link, worked out anew; "" where the site has another secret since it was made."""
    token = rules.token_of(config().secret_key, known.public_id, row.client_id)
    if not hmac.compare_digest(rules.hash_of(token), row.token_hash):
        return ""
    return config().base_url + url_for("certificates.shared", token=token)


@bp.post("/record/certificates/<public_id>/links/<link>/withdraw")
@signed_in
def withdraw_link(public_id: str, link: str) -> Response:
    """End a link at once."""
    actor = get_actor()
    if EmptyForm().validate_on_submit():
        write(lambda session: service.withdraw_link(session, actor, public_id, link, at=now()))
        flash(_("This link shows nothing any more."), "success")
    return redirect(url_for("certificates.own_links", public_id=public_id))
