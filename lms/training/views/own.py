"""Pages of the worker: what she did elsewhere, one of it with its proof, and what comes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import gettext as _
from lms.organizations.queries import Choice, list_supervised, names_of, spans_of
from lms.training import messages, policy, queries, service
from lms.training.forms import FileForm, ReplyForm, TellForm
from lms.training.queries import ShareRow, TrainingRow
from lms.training.rules import TAKES_FILES, Told
from lms.training.rules.reviewing import MAY_WITHDRAW
from lms.training.views.blueprint import bp, choices, explained, page, words
from lms.web.access import get_actor, signed_in
from lms.web.forms import ButtonForm


@bp.get("/training")
@signed_in
def index() -> Any:
    """Show the worker all that she did elsewhere, each with where it stands."""
    actor = get_actor()
    rows = queries.list_own(reading(), actor.person_id)
    shares = queries.list_shares(reading(), [row.training_id for row in rows])
    return page(
        "index.html",
        rows=rows,
        shared={share.training_id for share in shares},
        waiting={share.training_id for share in shares if share.outcome is None},
        accepted={share.training_id: share.minutes for share in shares if share.outcome == "accepted"},
    )


@bp.route("/training/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Let her tell of one earlier training; the photos come on the next page."""
    actor, form, found = get_actor(), TellForm(), words()
    form.offer(*choices(found))
    if form.validate_on_submit():
        with explained(form):
            told, key = form.told, form.client_id.data
            public_id = write(lambda s: service.add(s, actor, actor.person_id, told, client_id=key, at=now()))
            return redirect(url_for("training.show", public_id=public_id))
    return page("tell.html", form, form=form, row=None, words=found)


@bp.get("/training/<public_id>")
@signed_in
def show(public_id: str) -> Any:
    """Show the worker one of her own: what is told, what proves it, and what comes of it."""
    return own_page(get_actor(), _own(get_actor(), public_id))


@bp.route("/training/<public_id>/change", methods=["GET", "POST"])
@signed_in
def change(public_id: str) -> Any:
    """Let whoever told it say it in other words, while nobody was asked to look at it."""
    actor, found = get_actor(), words()
    row = get_changeable(actor, public_id)
    form = TellForm(data=TellForm.values_of(row.told))
    form.offer(*choices(found))
    if form.validate_on_submit():
        with explained(form):
            told = kept(form.told, row.told)
            write(lambda s: service.change(s, actor, public_id, told, at=now()))
            return redirect(home_of(actor, row))
    return page("tell.html", form, form=form, row=row, words=found, back=home_of(actor, row))


def kept(told: Told, before: Told) -> Told:
    """Return what was told now, with what no form asks for."""
    return Told(**{**vars(told), "reference": before.reference})


def _own(actor: Actor, public_id: str) -> TrainingRow:
    """Return one of the actor's own; raise `NotFound` for anybody else's."""
    row = queries.get_row(reading(), public_id)
    if not policy.is_hers(actor, row.ties):
        raise NotFound
    return row


def get_changeable(actor: Actor, public_id: str) -> TrainingRow:
    """Return one that the actor may change; raise `NotFound` for any other."""
    row = queries.get_row(reading(), public_id)
    spans = () if policy.is_hers(actor, row.ties) else spans_of(reading(), [row.person_id]).get(row.person_id, ())
    if not policy.can_change(actor, row.ties, spans):
        raise NotFound
    return row


def home_of(actor: Actor, row: TrainingRow) -> str:
    """Return the address of the page on which the actor sees it."""
    endpoint = "training.show" if policy.is_hers(actor, row.ties) else "training.team_show"
    return url_for(endpoint, public_id=row.public_id)


@bp.post("/training/<public_id>/<any(send, withdraw):act>")
@signed_in
def move(public_id: str, act: str) -> Response:
    """Send it to the reviewers, or take it back."""
    actor = get_actor()
    row = get_changeable(actor, public_id)
    change_it = service.send if act == "send" else service.withdraw
    if ButtonForm().validate_on_submit():
        try:
            write(lambda s: change_it(s, actor, public_id, at=now()))
            flash(_("Thank you. Two people will look at it.") if act == "send" else _("It is withdrawn."), "success")
        except RuleBroken as error:
            flash(messages.sentence(error), "error")
    return redirect(home_of(actor, row))


@bp.post("/training/<public_id>/reply")
@signed_in
def reply(public_id: str) -> Any:
    """Take her answer to a question, or her appeal."""
    actor, form = get_actor(), ReplyForm()
    row = _own(actor, public_id)
    if form.validate_on_submit():
        with explained(form):
            _reply(actor, row, form)
            flash(_("Thank you. Your words are sent."), "success")
            return redirect(url_for("training.show", public_id=public_id))
    return own_page(actor, row, reply_form=form)


def _reply(actor: Actor, row: TrainingRow, form: ReplyForm) -> None:
    """Send what she wrote. Raises `RuleBroken`, also when her page showed a question and she is refused by now."""
    appeal, key, text = form.about.data != "asked", form.client_id.data, form.text.data
    if (form.about.data == "asked") != (row.state == "asked") and row.state in ("asked", "refused", "revoked"):
        raise RuleBroken("changed_meanwhile")
    write(lambda s: service.reply(s, actor, row.public_id, text, is_appeal=appeal, client_id=key, at=now()))


@bp.post("/training/<public_id>/share/<provider>")
@signed_in
def share(public_id: str, provider: str) -> Response:
    """Ask a supervising provider to count it for the yearly hours."""
    actor = get_actor()
    row = get_changeable(actor, public_id)
    present = queries.providers_of(reading(), [row.person_id], actor.today).get(row.person_id, frozenset())
    chosen = [each for each in _open_providers([], present, actor.today) if each.public_id == provider]
    if not chosen:
        raise NotFound
    if ButtonForm().validate_on_submit():
        try:
            write(lambda s: service.share(s, actor, public_id, chosen[0].id, at=now()))
            flash(_("%(organization)s is asked.", organization=chosen[0].name), "success")
        except RuleBroken as error:
            flash(messages.sentence(error), "error")
    return redirect(home_of(actor, row))


@bp.post("/training/<public_id>/unshare/<share_id>")
@signed_in
def unshare(public_id: str, share_id: str) -> Response:
    """Take back what she asked of a supervising provider."""
    actor = get_actor()
    row = _own(actor, public_id)
    if ButtonForm().validate_on_submit():
        try:
            write(lambda s: service.unshare(s, actor, share_id, at=now()))
            flash(_("They are not asked any more."), "success")
        except RuleBroken as error:
            flash(messages.sentence(error), "error")
    return redirect(home_of(actor, row))


def shares_of(row: TrainingRow, today: date) -> tuple[list[ShareRow], frozenset[int]]:
    """Return what was asked of supervising providers about it, and who they are today. Two queries."""
    present = queries.providers_of(reading(), [row.person_id], today).get(row.person_id, frozenset())
    return queries.list_shares(reading(), [row.training_id]), present


def own_page(
    actor: Actor, row: TrainingRow, *, file_form: FileForm | None = None, reply_form: ReplyForm | None = None
) -> Any:
    """Return the worker's page of one of her own, with what was just refused."""
    said = queries.list_said(reading(), row.training_id)
    shares, present = shares_of(row, actor.today)
    appealed = queries.has_appealed(said)
    file_form, reply_form = file_form or FileForm(formdata=None), reply_form or ReplyForm(formdata=None)
    reply_form.about.data = row.state
    return page(
        "own.html",
        file_form,
        reply_form,
        row=row,
        told=row.told,
        files=queries.list_files(reading(), row.training_id),
        said=said,
        file_form=file_form,
        reply_form=reply_form,
        may_add=row.state in TAKES_FILES and not (appealed and row.state != "asked"),
        may_write=row.state == "asked" or (row.state in ("refused", "revoked") and not appealed),
        may_withdraw=row.state in MAY_WITHDRAW and not any(each.outcome == "accepted" for each in shares),
        may_change=row.state == "draft" and not shares,
        **shared_values(row, shares, present, actor.today),
    )


def shared_values(row: TrainingRow, shares: list[ShareRow], present: frozenset[int], today: date) -> dict[str, Any]:
    """Return what a page says of yearly hours: what was asked, of whom it can be, and who entered it."""
    ids = {each.organization_id for each in shares} | ({row.organization_id} if row.organization_id else set())
    providers = _open_providers(shares, present, today)
    return {"shares": shares, "names": names_of(reading(), ids), "providers": providers}


def _open_providers(shares: list[ShareRow], present: frozenset[int], today: date) -> list[Choice]:
    """Return the supervising providers that can be asked: they were not, or said no."""
    left = present - {each.organization_id for each in shares if each.outcome in (None, "accepted")}
    return list_supervised(reading(), left, today) if left else []
