"""Pages of the certifier: the queue, one application with its evidence, and a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.certificates import messages, queries, service
from lms.certificates.forms import BatchForm, CertifyForm, NotYetForm
from lms.certificates.policy import can_decide
from lms.certificates.queries import ApplicationRow, Credit, Filter, Said
from lms.certificates.rules.decisions import OPEN_STATES
from lms.certificates.rules.names import check_name, name_mark
from lms.certificates.service import Batch
from lms.certificates.views.blueprint import bp, explained, page
from lms.certificates.views.entries import entered_words
from lms.clock import now
from lms.content.library import Library, current, source_of, spec_of
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import gettext as _
from lms.i18n import language
from lms.tracks.messages import PartWords
from lms.tracks.queries import track_title
from lms.tracks.rules import Part, Record, Scope, recall
from lms.tracks.specs import TrackSpec
from lms.web.access import get_actor, roles
from lms.web.forms import page_href, page_of


@dataclass(frozen=True)
class Requirement:
    """One requirement beside its evidence; without a date it is not met."""

    title: str
    completed_on: date | None = None
    minutes: int = 0
    language: str = ""
    attempts: int = 0
    percent: int | None = None
    #: How it was met, where that is not by its own module.
    note: str = ""
    #: Who entered the answers for her, and who confirmed them; the entry whose sheet can be opened.
    entered: str = ""
    sheet: str | None = None


@bp.get("/certify")
@roles("certifier")
def queue() -> Any:
    """Show the applications that wait, the longest waiting first."""
    state = request.args.get("state", "waiting")
    chosen = Filter("" if state == "all" else state, request.args.get("track", ""), request.args.get("q", "").strip())
    counts = queries.count_applications(reading(), get_actor(), chosen)
    count = counts.get(chosen.state, 0) if chosen.state else sum(counts.values())
    number, pages = page_of(count, queries.PAGE_SIZE)
    return page(
        "queue.html",
        rows=queries.list_applications(reading(), get_actor(), chosen, page=number),
        counts=counts,
        chosen=chosen,
        **_track_names(current(reading())),
        page=number,
        pages=pages,
        **_narrowing(chosen, state),
    )


def _track_names(library: Library) -> dict[str, Any]:
    """Return every track with its title, and how a template finds the title of one."""
    return {
        "tracks": [(key, track_title(library, key, language()).text) for key in library.keys("track")],
        "track_title": lambda key: track_title(library, key, language()),
    }


def _narrowing(chosen: Filter, state: str) -> dict[str, Any]:
    """Return what keeps the choice of the reader while she turns pages and ticks boxes."""
    return {
        "state": state,
        "href_for": page_href("certificates.queue", state=state, track=chosen.track_key, q=chosen.search),
        "ticked": request.args.get("all") == "1",
    }


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
        page_had: dict[str, Any] = {"seen": form.seen.data or 0, "shown": form.shown.data or ""}
        with explained(form):
            write(lambda s: service.decide(s, actor, public_id, form.choice, **page_had, client_id=key, at=now()))
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
    for form in (certify, not_yet):
        form.tell(len(said), name_mark(row.naming.name))
    return page(
        "application.html",
        certify,
        not_yet,
        row=row,
        name_problem=_name_problem(row.naming.name),
        title=track_title(library, row.track_key, language()),
        requirements=_requirements(library, row),
        said=said,
        may_decide=row.state in OPEN_STATES and _may_decide(actor, said),
        may_stop=row.state == "certified" and not row.naming.is_made and _may_decide(actor, said),
        next_id=queries.find_next(reading(), actor, row),
        certify=certify,
        not_yet=not_yet,
    )


def _may_decide(actor: Actor, said: list[Said]) -> bool:
    """Return whether this case is for this certifier, after what was said."""
    refused_by = {each.by for each in said if each.kind == "refuse"}
    return can_decide(actor, any(each.kind == "appeal" for each in said), refused_by)


def _name_problem(name: str) -> str:
    """Return why a name cannot be printed, or ""."""
    try:
        check_name(name)
    except RuleBroken as error:
        return messages.sentence(error)
    return ""


def _requirements(library: Library, row: ApplicationRow) -> list[Requirement]:
    """Return every part of the track as it was judged, each with what met it."""
    completion = queries.completions_of(reading(), [row.key]).get(row.key)
    if completion is None:
        raise NotFound
    spec = spec_of(TrackSpec, source_of(reading(), completion.revision_id))
    why = recall(spec, completion.entries, Record(), Scope(row.cycle), get_actor().today)
    credited = queries.credits_of(reading(), row.person_id)
    words = PartWords(library, row.track_key, language(), why)
    told = entered_words(each.entry for each in credited.values() if each.entry)
    return [_requirement(words, part, credited, told) for part in why.parts if part.state != "spare"]


def _requirement(
    words: PartWords, part: Part, credited: Mapping[tuple[str, int], Credit], told: Mapping[str, str]
) -> Requirement:
    title, proof = str(words.title(part)), part.proof
    if proof is None:
        return Requirement(title)
    if proof.kind != "module":
        return Requirement(title, proof.on, proof.minutes, note=words.note(part))
    credit = credited.get((proof.key, proof.round))
    if credit is None:
        return Requirement(title)
    facts = (credit.completed_on, credit.minutes, credit.language, credit.attempts, credit.percent)
    note, entry = words.note(part) if proof.key != part.key else "", credit.entry
    if entry is None:
        return Requirement(title, *facts, note=note)
    sheet = entry.public_id if entry.sheet_sha256 else None
    return Requirement(title, *facts, note=note, entered=told[entry.public_id], sheet=sheet)


@bp.route("/certify/batch", methods=["GET", "POST"])
@roles("certifier")
def batch() -> Any:
    """Say exactly what certifying the ticked will do, and do it when confirmed."""
    actor, form = get_actor(), BatchForm()
    seen, shown = _ticked(request.values.getlist("id"))
    ids = list(seen)
    if form.validate_on_submit():
        key = form.client_id.data
        with explained(form):
            page_had: dict[str, Any] = {"seen": seen, "shown": shown}
            done = write(lambda s: service.certify_many(s, actor, ids, **page_had, client_id=key, at=now()))
            flash(_said_of_batch(done), "success")
            return redirect(url_for("certificates.queue"))
    return _batch_page(actor, ids, form)


def _said_of_batch(done: Batch) -> str:
    """Return what a batch did. A second tap finds all of them certified, and must not say that nobody is."""
    number = done.certified or done.already
    said = ngettext("%(num)s person is certified.", "%(num)s people are certified.", number)
    made = _("Their certificates are being made now.")
    return f"{said} {made}"


def _ticked(values: list[str]) -> tuple[dict[str, int], dict[str, str]]:
    """Return by public id how much was said of each chosen one on the page before, and the mark of its name there."""
    parts = [(*value.split(":"), "", "")[:3] for value in values]
    seen = {public_id: int(said) if said.isdecimal() else 0 for public_id, said, _shown in parts}
    return seen, {public_id: shown for public_id, _said, shown in parts}


def _batch_page(actor: Actor, ids: list[str], form: BatchForm) -> Any:
    library = current(reading())
    rows = queries.list_chosen(reading(), actor, ids)
    problems = {row.application_id: _name_problem(row.naming.name) for row in rows}
    ready = [row for row in rows if row.state == "waiting" and not problems[row.application_id]]
    return page(
        "batch.html",
        form,
        form=form,
        ready=ready,
        name_mark=name_mark,
        is_waiting=any(row.naming.waits_until(actor.today) for row in ready),
        histories=queries.histories_of(reading(), [row.application_id for row in ready]),
        left_out=[(row, problems[row.application_id]) for row in rows if row not in ready],
        track_title=lambda key: track_title(library, key, language()),
    )
