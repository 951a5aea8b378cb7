"""Supervisors' pages of moving somebody to another organization, and of letting a colleague stand in for a time."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for

from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound
from lms.i18n import gettext as _
from lms.organizations import queries, service
from lms.organizations.forms import DelegateForm, TransferForm
from lms.organizations.queries import Choice
from lms.organizations.views.blueprint import bp, explained, page
from lms.organizations.views.staff import choose, fill_terms, manageable, own_employment, terms_data, terms_of
from lms.web.access import get_actor, roles
from lms.web.forms import ButtonForm, choices_of


@bp.route("/team/staff/<public_id>/transfer", methods=["GET", "POST"])
@roles("supervisor", "administrator")
def transfer_staff(public_id: str) -> Any:
    """Move somebody to another organization of which the reader manages the staff too."""
    row = own_employment(public_id)
    others = [each for each in manageable() if each.id != row.organization_id]
    if not others:
        raise NotFound
    form = TransferForm(data={**terms_data(row), "started_on": get_actor().today})
    form.organization.choices = choices_of([("", _("Choose where")), *((each.public_id, each.name) for each in others)])
    fill_terms(form, row.supervising_provider_id)
    if form.validate_on_submit():
        with explained(form):
            target = choose(others, form.organization.data)
            _transfer(form, public_id, target)
            flash(_("She works there from that day on. Her record, her sign-in and her certificates go on."), "success")
            return redirect(url_for("organizations.staff", organization=target.public_id))
    return page("transfer.html", form, employment=row)


def _transfer(form: TransferForm, public_id: str, target: Choice) -> None:
    actor, terms, key, first = get_actor(), terms_of(form), form.client_id.data, form.started_on.data
    write(
        lambda session: service.transfer_employment(
            session, actor, public_id, target.id, started_on=first, terms=terms, client_id=key, at=now()
        )
    )


@bp.route("/team/stand-ins", methods=["GET", "POST"])
@roles("supervisor")
def stand_ins() -> Any:
    """Show who stands in for whom at one organization, and let a colleague stand in."""
    actor, (organization, choices) = get_actor(), _supervised()
    form = DelegateForm()
    staff = queries.list_staff(reading(), [organization.id], actor.today)
    colleagues = [each for each in staff if each.person_id != actor.person_id]
    pairs = [("", _("Choose a colleague")), *((each.employment_public_id, each.name) for each in colleagues)]
    form.colleague.choices = choices_of(pairs)
    if form.validate_on_submit():
        with explained(form):
            _delegate(form, organization)
            flash(_("She stands in for you from now on. She signs in again first."), "success")
            return redirect(url_for("organizations.stand_ins", organization=organization.public_id))
    return page("stand_ins.html", form, **_stand_ins(organization), organization=organization, choices=choices)


def _supervised() -> tuple[Choice, list[Choice]]:
    """Return the organization that the address names, or the first one, and all that the reader supervises."""
    actor = get_actor()
    choices = queries.list_supervised(reading(), actor.supervises, actor.today)
    return choose(choices, request.values.get("organization", "")), choices


def _stand_ins(organization: Choice) -> dict[str, Any]:
    """Return who stands in, and whether the reader may let somebody: only who was appointed herself. One query."""
    actor = get_actor()
    supervisors = queries.list_supervisors(reading(), organization.id, actor.today)
    own = [each for each in supervisors if each.person_public_id == actor.public_id]
    may = any(each.stands_in_for is None for each in own)
    return {"rows": [each for each in supervisors if each.stands_in_for], "may": may, "own_id": actor.public_id}


def _delegate(form: DelegateForm, organization: Choice) -> None:
    actor, colleague, until = get_actor(), form.colleague.data, form.until.data
    write(lambda session: service.delegate(session, actor, organization.id, colleague, until=until, at=now()))


@bp.post("/team/stand-ins/<employment>/end")
@roles("supervisor")
def end_stand_in(employment: str) -> Any:
    """End at once what the reader let a colleague do."""
    actor, (organization, _choices) = get_actor(), _supervised()
    if ButtonForm().validate_on_submit():
        write(lambda session: service.end_delegation(session, actor, organization.id, employment, at=now()))
        flash(_("She does not stand in for you any more."), "success")
    return redirect(url_for("organizations.stand_ins", organization=organization.public_id))
