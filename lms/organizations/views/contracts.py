"""Administrators' pages of contracts: a new one, its last day, and who is paid under it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for

from lms.clock import now
from lms.db import reading, write
from lms.i18n import gettext as _
from lms.organizations import queries, service
from lms.organizations.forms import ContractEndForm, ContractForm, PaidForm
from lms.organizations.queries import ContractRow
from lms.organizations.views.blueprint import bp, explained, page
from lms.web.access import get_actor, roles
from lms.web.forms import choices_of


@bp.route("/admin/organizations/<public_id>/contracts/new", methods=["GET", "POST"])
@roles("administrator")
def new_contract(public_id: str) -> Any:
    """Record a contract of a department with this organization."""
    actor, form = get_actor(), ContractForm()
    row = queries.get_organization(reading(), public_id, actor.today)
    departments = queries.list_departments(reading(), actor.today)
    pairs = [("", _("Choose a department")), *((each.public_id, each.name) for each in departments)]
    form.department.choices = choices_of(pairs)
    if form.validate_on_submit():
        with explained(form):
            made = _add(form, public_id)
            flash(_("The contract is recorded."), "success")
            return redirect(url_for("organizations.contract", public_id=made))
    return page("new_contract.html", form, organization=row)


def _add(form: ContractForm, public_id: str) -> str:
    actor = get_actor()
    return write(
        lambda session: service.add_contract(
            session,
            actor,
            public_id,
            department_public_id=form.department.data,
            program=form.program.data,
            started_on=form.started_on.data,
            ended_on=form.ended_on.data,
            at=now(),
        )
    )


@bp.route("/admin/contracts/<public_id>", methods=["GET", "POST"])
@roles("administrator")
def contract(public_id: str) -> Any:
    """Show a contract, and record who is paid under it."""
    row = queries.get_contract(reading(), public_id)
    form = _paid_form(row)
    if form.validate_on_submit():
        with explained(form):
            _pay(form, public_id)
            flash(_("Saved."), "success")
            return redirect(url_for("organizations.contract", public_id=public_id))
    return _contract_page(row, form, ContractEndForm(formdata=None, ended_on=row.ended_on))


@bp.post("/admin/contracts/<public_id>/end")
@roles("administrator")
def end_contract(public_id: str) -> Any:
    """Set the last day of a contract."""
    actor, form = get_actor(), ContractEndForm()
    row = queries.get_contract(reading(), public_id)
    if form.validate_on_submit():
        with explained(form):
            last = form.ended_on.data
            write(lambda session: service.end_contract(session, actor, public_id, ended_on=last, at=now()))
            flash(_("Saved."), "success")
            return redirect(url_for("organizations.contract", public_id=public_id))
    return _contract_page(row, _paid_form(row, fresh=True), form)


def _paid_form(row: ContractRow, *, fresh: bool = False) -> PaidForm:
    staff = queries.list_staff(reading(), [row.organization_id], get_actor().today)
    form = PaidForm(formdata=None) if fresh else PaidForm()
    pairs = [("", _("Choose a person")), *((each.employment_public_id, each.name) for each in staff)]
    form.employment.choices = choices_of(pairs)
    return form


def _pay(form: PaidForm, public_id: str) -> None:
    actor = get_actor()
    write(
        lambda session: service.pay_employment(
            session,
            actor,
            public_id,
            form.employment.data,
            started_on=form.started_on.data,
            ended_on=form.ended_on.data,
            at=now(),
        )
    )


def _contract_page(row: ContractRow, form: PaidForm, end_form: ContractEndForm) -> Any:
    paid = queries.list_paid(reading(), row.id)
    html, status = page("contract.html", form, contract=row, end_form=end_form, paid=paid)
    return html, 400 if end_form.errors else status
