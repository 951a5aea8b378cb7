"""Pages of the loop for staff: noting a finding, what is changed for it, and the version that answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.clock import local_date, now
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound
from lms.i18n import format_date, language
from lms.i18n import gettext as _
from lms.surveys.forms import DeclineForm, FindingForm, NoteForm, ToldForm, VersionForm, told_form, version_form
from lms.surveys.policy import READERS
from lms.surveys.queries.results.asked import list_asked
from lms.surveys.queries.results.loop import (
    PAGE,
    FindingRow,
    count_findings,
    get_finding,
    list_findings,
    list_versions,
)
from lms.surveys.rules.loop import answering
from lms.surveys.rules.results import add_up, narrow
from lms.surveys.service import results as service
from lms.surveys.views.blueprint import bp
from lms.surveys.views.results.board import ask, subject_words
from lms.surveys.views.results.changes import before_and_since, figures_around
from lms.surveys.views.results.saying import refusal
from lms.surveys.views.results.words import facts_of, name_of_language
from lms.web.access import get_actor, roles
from lms.web.forms import Explained, Form, form_page, page_href, page_of

Page = str | tuple[str, int] | Response


@bp.route("/feedback/<survey_key>/<subject>/finding", methods=["GET", "POST"])
@roles(*READERS)
def note_finding(survey_key: str, subject: str) -> Page:
    """Keep what the figures of a question tell."""
    asking, question_id = ask(survey_key, subject), request.args.get("question", "")
    figures = add_up(narrow(asking.counts, asking.through)).get(question_id)
    if figures is None or asking.subject_key is None:
        raise NotFound
    actor, form = get_actor(), FindingForm()
    if form.validate_on_submit():
        words, key, about = form.words.data or "", str(form.client_id.data), (survey_key, subject, question_id)
        with Explained(form, refusal):
            noted = write(
                lambda s: service.note_finding(s, actor, *about, asking.through, words, client_id=key, at=now())
            )
            return redirect(url_for("surveys.finding", public_id=noted))
    asked = {each.id: each.prompt for each in list_asked(asking.library, survey_key, language())}
    prompt = asked.get(question_id, question_id)
    return form_page("surveys/results/note_finding.html", form, asking=asking, prompt=prompt, facts=facts_of(figures))


@bp.get("/feedback/findings")
@roles(*READERS)
def findings() -> str:
    """List findings with what became of them."""
    session = reading()
    page, pages = page_of(count_findings(session), PAGE)
    library = current(session)
    rows = [(each, subject_words(library, each.subject_key)) for each in list_findings(session, page)]
    return render_template(
        "surveys/results/findings.html", rows=rows, page=page, pages=pages, href_for=page_href("surveys.findings")
    )


@bp.get("/feedback/findings/<public_id>")
@roles(*READERS)
def finding(public_id: str) -> Page:
    """Show a finding, and what can be done with it next."""
    return _page(get_finding(reading(), public_id))


@bp.post("/feedback/findings/<public_id>/note")
@roles(*READERS)
def note_change(public_id: str) -> Page:
    """Turn a finding into a change note."""
    form, actor = NoteForm(), get_actor()
    said = {"what": form.what.data or "", "why": form.why.data or "", "by_whom": form.by_whom.data or ""}
    return _do(public_id, form, lambda session: service.note_change(session, actor, public_id, **said, at=now()))


@bp.post("/feedback/findings/<public_id>/answer")
@roles(*READERS)
def answer_note(public_id: str) -> Page:
    """Say which version answers, and what workers read of it."""
    form, actor = version_form(_choices(get_finding(reading(), public_id))), get_actor()
    number, told = form.version.data, form.told
    return _do(public_id, form, lambda session: service.answer_note(session, actor, public_id, number, told, at=now()))


@bp.post("/feedback/findings/<public_id>/decline")
@roles(*READERS)
def decline_note(public_id: str) -> Page:
    """Say why nothing is changed."""
    form, actor = DeclineForm(), get_actor()
    reason = form.reason.data or ""
    return _do(public_id, form, lambda session: service.decline_note(session, actor, public_id, reason, at=now()))


@bp.post("/feedback/findings/<public_id>/told")
@roles(*READERS)
def tell_workers(public_id: str) -> Page:
    """Write anew what workers read."""
    form, actor = ToldForm(), get_actor()
    told = form.told
    return _do(public_id, form, lambda session: service.tell_workers(session, actor, public_id, told, at=now()))


def _do(public_id: str, form: Form, deed: Callable[[Session], None]) -> Page:
    """Do it and lead back, or show the page with what is wrong."""
    if form.validate_on_submit():
        with Explained(form, refusal):
            write(deed)
            flash(_("It is kept."), "success")
            return redirect(url_for("surveys.finding", public_id=public_id))
    return _page(get_finding(reading(), public_id), form)


def _choices(found: FindingRow) -> list[tuple[int, str]]:
    """Return the versions that can answer, with their days."""
    versions = answering(list_versions(reading(), found.subject_key), found.found_at)
    return [
        (each.number, _("Version %(number)s, %(date)s", number=each.number, date=format_date(each.published_on)))
        for each in versions
    ]


def _page(found: FindingRow, sent: Form | None = None) -> Page:
    library = current(reading())
    asked = {each.id: each.prompt for each in list_asked(library, found.survey_key, language())}
    through = [name_of_language(found.language)] if found.language else []
    return form_page(
        "surveys/results/finding.html",
        sent,
        finding=found,
        subject=subject_words(library, found.subject_key),
        prompt=asked.get(found.question_id, found.question_id),
        facts=[*through, *facts_of(found.seen)],
        day=format_date(local_date(found.found_at)),
        compared=before_and_since(figures_around(reading(), [found]).get(found.id)),
        **_forms(found, sent),
    )


def _forms(found: FindingRow, sent: Form | None) -> dict[str, Any]:
    """Return the forms for what can be done next, with what was typed in the one that was sent."""
    if found.state is None:
        return {"note": sent or NoteForm()}
    if found.state == "open":
        choices = _choices(found)
        answer = sent if isinstance(sent, VersionForm) else version_form(choices)
        return {
            "answer": answer if choices else None,
            "decline": sent if isinstance(sent, DeclineForm) else DeclineForm(),
        }
    return {"told": sent or told_form(found.told)} if found.state == "answered" else {}
