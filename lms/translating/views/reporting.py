"""Pages on which a reader says that a wording is wrong, and reads what was found."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.i18n import gettext as _
from lms.i18n import language
from lms.translating import messages, queries, service
from lms.translating.forms import ReportForm
from lms.translating.queries import Passage
from lms.translating.views.blueprint import TONGUES, bp, title_of
from lms.web.access import get_actor, signed_in
from lms.web.forms import Explained, form_page

Page = str | tuple[str, int] | Response


@bp.get("/wording")
@signed_in
def own_reports() -> Page:
    """List what the reader has reported, with the answers."""
    library = current(reading())
    rows = queries.list_own(reading(), get_actor().person_id)
    return render_template(
        "translating/own.html",
        rows=[(each, title_of(library, each.kind, each.key)) for each in rows],
        faults=messages.FAULTS,
        states=messages.STATES,
        tongues=TONGUES,
        given_back=messages.given_back,
    )


@bp.route("/wording/<kind>/<key>", methods=["GET", "POST"])
@signed_in
def report(kind: str, key: str) -> Page:
    """Show the words that stand at an address, and keep what the reader says of them."""
    form, actor, at = ReportForm(), get_actor(), request.args.get("at", "")
    attempt = form.attempt.data or request.args.get("attempt", "")
    passage = queries.find_passage(reading(), actor.person_id, kind, key, at, locale=language(), attempt=attempt)
    form.attempt.data = attempt
    if form.validate_on_submit():
        with Explained(form, messages.sentence):
            said: dict[str, Any] = {"fault": form.fault.data, "words": form.words.data or ""}
            once = form.client_id.data
            write(lambda s: service.report_wording(s, actor, passage, **said, client_id=once, at=now()))
            flash(_("Thank you. Somebody who knows the language will look at it."), "success")
            return redirect(_back(passage))
    return form_page("translating/report.html", form, passage=passage, back=_back(passage), tongue=TONGUES[language()])


def _back(passage: Passage) -> str:
    """Return the address of the page on which the words stand."""
    file, _, _segment = passage.at.partition(":")
    if passage.kind != "module":
        return url_for("translating.own_reports")
    if passage.attempt_id is not None:
        return url_for("assessments.quiz", module_key=passage.key)
    if file.startswith("lessons/"):
        lesson_key = file.removeprefix("lessons/").removesuffix(".md")
        return url_for("courses.lesson", module_key=passage.key, lesson_key=lesson_key)
    return url_for("courses.module", module_key=passage.key)
