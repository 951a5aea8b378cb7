"""Correcting the facts of a released certificate: what would change is shown first, and done when confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, url_for

from lms.certificates import policy, queries, service
from lms.certificates.forms import SealForm
from lms.certificates.queries import Known
from lms.certificates.service import Change, Restated
from lms.certificates.views.blueprint import bp, explained, format_iso, page, titled, tongue
from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound
from lms.i18n import format_hours
from lms.i18n import gettext as _
from lms.web.access import get_actor, roles


@bp.route("/certify/certificates/<public_id>/facts", methods=["GET", "POST"])
@roles("certifier")
def correct_facts(public_id: str) -> Any:
    """Say exactly what a correction of the facts would change, and make the new edition when confirmed."""
    actor, form = get_actor(), SealForm()
    known = queries.get_known(reading(), public_id)
    if not policy.can_certify(actor, known.person_id):
        raise NotFound
    if form.validate_on_submit():
        with explained(form):
            seal = form.seal.data or ""
            write(lambda session: service.correct_data(session, actor, public_id, seal=seal, at=now()))
            flash(_("Saved. The new edition is being made now; it takes the place of the old one."), "success")
            return redirect(url_for("certificates.certificate", public_id=public_id))
    return _page(form, known)


def _page(form: SealForm, known: Known) -> Any:
    restated: Restated | None = None
    with explained(form):
        restated = service.restate(reading(), known)
    form.seal.data = restated.seal if restated else ""
    rows = [row_of(each) for each in restated.changes] if restated else []
    return page("facts.html", form, form=form, known=known, rows=rows, is_the_same=restated is not None and not rows)


def row_of(change: Change) -> tuple[str, str, str]:
    """Return what a member is called, what the certificate says, and what it would say."""
    label, say = members()[change.member]
    return label, say(change.before), say(change.after)


def members() -> dict[str, tuple[str, Callable[[Any], str]]]:
    """Return what each member is called, and how its value is said."""
    return {
        "track": (_("Training"), lambda value: str(titled(value["title"]))),
        "level": (_("Level"), lambda value: str(titled(value["title"])) if value else _("none")),
        "competencies": (_("Skills"), _skills),
        "minutes": (_("Time"), _minutes),
        "language_of_instruction": (_("Language of instruction"), tongue),
        "started_on": (_("First day"), format_iso),
        "completed_on": (_("Finished on"), format_iso),
        "valid_until": (_("Valid until"), lambda value: format_iso(value) or _("no end")),
        "issuer": (_("Issued by"), str),
        "provider_number": (_("Number as a provider of training"), lambda value: value or _("none")),
        "signers": (_("Signed by"), _signers),
        "disclaimers": (_("Note on the certificate"), lambda value: str(titled(value))),
    }


def _skills(skills: list[Mapping[str, Any]]) -> str:
    return "; ".join(f"{titled(each['title'])}: {format_hours(each['minutes'])}" for each in skills)


def _minutes(minutes: Mapping[str, int]) -> str:
    kinds = {"class": _("in class"), "practicum": _("practicum"), "supervised": _("supervised practice")}
    return "; ".join(f"{kinds.get(kind, kind)}: {format_hours(number)}" for kind, number in minutes.items())


def _signers(signers: list[Mapping[str, Any]]) -> str:
    return "; ".join(
        f"{each['name']} ({titled(each['title'])})" if each["name"] else str(titled(each["title"])) for each in signers
    )
