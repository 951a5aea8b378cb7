"""Pages of the certifier: the queue, one application with its evidence, and a batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.certificates import messages, queries, service
from lms.certificates.forms import BatchForm, CertifyForm, NotYetForm
from lms.certificates.policy import can_decide
from lms.certificates.queries import ApplicationRow, Filter
from lms.certificates.rules.decisions import OPEN_STATES
from lms.certificates.rules.names import check_name
from lms.certificates.views.blueprint import bp, explained, page, page_href, page_number, pages_of
from lms.clock import now
from lms.content.library import Library, current, source_of, spec_of
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import language
from lms.tracks.queries import item_title, module_title, track_title
from lms.tracks.specs import TrackSpec
from lms.web.access import get_actor, roles


@dataclass(frozen=True)
class Requirement:
    """One requirement beside its evidence; without a date it is not met."""

    title: str
    completed_on: date | None = None
    minutes: int = 0
    language: str = ""
    attempts: int = 0
    percent: int | None = None


@bp.get("/certify")
@roles("certifier")
def queue() -> Any:
    """Show the applications that wait, the longest waiting first."""
    actor, library = get_actor(), current(reading())
    state = request.args.get("state", "waiting")
    chosen = Filter("" if state == "all" else state, request.args.get("track", ""), request.args.get("q", "").strip())
    counts = queries.count_applications(reading(), actor, chosen)
    return page(
        "queue.html",
        rows=queries.list_applications(reading(), actor, chosen, page=page_number()),
        counts=counts,
        state=state,
        chosen=chosen,
        tracks=[(key, track_title(library, key, language()).text) for key in library.keys("track")],
        track_title=lambda key: track_title(library, key, language()),
        page=page_number(),
        pages=pages_of(counts.get(chosen.state, 0) if chosen.state else sum(counts.values()), queries.PAGE_SIZE),
        href_for=page_href("certificates.queue", state=state, track=chosen.track_key, q=chosen.search),
        ticked=request.args.get("all") == "1",
    )


@bp.route("/certify/applications/<public_id>", methods=["GET", "POST"])
@roles("certifier")
def application(public_id: str) -> Any:
    """Show one application, requirement by requirement, and take the decision."""
    actor = get_actor()
    row = queries.get_application(reading(), actor, public_id)
    certify, not_yet = CertifyForm(), NotYetForm()
    form = not_yet if request.form.get("outcome") == "not-yet" else certify
    if form.validate_on_submit():
        key = form.client_id.data
        with explained(form):
            write(lambda session: service.decide(session, actor, public_id, form.choice, client_id=key, at=now()))
            return _after_decision(actor, row)
    return _application_page(actor, row, certify, not_yet)


def _after_decision(actor: Actor, row: ApplicationRow) -> Response:
    """Lead on to what waits next."""
    flash(_("Your decision about %(name)s is saved.", name=row.name), "success")
    following = queries.find_next(reading(), actor, row)
    if following is None:
        return redirect(url_for("certificates.queue"))
    return redirect(url_for("certificates.application", public_id=following))


def _application_page(actor: Actor, row: ApplicationRow, certify: CertifyForm, not_yet: NotYetForm) -> Any:
    library = current(reading())
    said = queries.list_said(reading(), row.application_id)
    refused_by = next((each.by for each in reversed(said) if each.kind == "refuse"), None)
    return page(
        "application.html",
        certify,
        not_yet,
        row=row,
        name_problem=_name_problem(row.name),
        title=track_title(library, row.track_key, language()),
        requirements=_requirements(library, row),
        said=said,
        may_decide=row.state in OPEN_STATES and can_decide(actor, row.state, refused_by),
        next_id=queries.find_next(reading(), actor, row),
        certify=certify,
        not_yet=not_yet,
    )


def _name_problem(name: str) -> str:
    """Return why a name cannot be printed, or ""."""
    try:
        check_name(name)
    except RuleBroken as error:
        return messages.sentence(error)
    return ""


def _requirements(library: Library, row: ApplicationRow) -> list[Requirement]:
    """Return every item of the track as it was judged, each with the credit that met it."""
    completion = queries.completions_of(reading(), [row.key]).get(row.key)
    if completion is None:
        raise NotFound
    spec = spec_of(TrackSpec, source_of(reading(), completion.revision_id))
    credited = queries.credits_of(reading(), row.person_id)
    counted = {each.item: credited.get((each.module_key, each.round)) for each in completion.counted}
    found = []
    for item in spec.items:
        title = (
            module_title(library, item.module, language())
            if item.module
            else item_title(library, row.track_key, item.id, item.title or "", language())
        )
        credit = counted.get(item.id)
        facts = (
            (credit.completed_on, credit.minutes, credit.language, credit.attempts, credit.percent) if credit else ()
        )
        found.append(Requirement(title.text, *facts))
    return found


@bp.route("/certify/batch", methods=["GET", "POST"])
@roles("certifier")
def batch() -> Any:
    """Say exactly what certifying the ticked will do, and do it when confirmed."""
    actor, form = get_actor(), BatchForm()
    ids = list(dict.fromkeys(request.values.getlist("id")))
    if form.validate_on_submit():
        key = form.client_id.data
        with explained(form):
            done = write(lambda session: service.certify_many(session, actor, ids, client_id=key, at=now()))
            said = ngettext("%(num)s person is certified.", "%(num)s people are certified.", done.certified)
            flash(f"{said} {_('Their certificates are being made now.')}", "success")
            return redirect(url_for("certificates.queue"))
    return _batch_page(actor, ids, form)


def _batch_page(actor: Actor, ids: list[str], form: BatchForm) -> Any:
    library = current(reading())
    rows = queries.list_chosen(reading(), actor, ids)
    ready = [row for row in rows if row.state == "waiting" and not _name_problem(row.name)]
    return page(
        "batch.html",
        form,
        form=form,
        ready=ready,
        left_out=[(row, _name_problem(row.name)) for row in rows if row not in ready],
        track_title=lambda key: track_title(library, key, language()),
    )
