"""The second person: she compares an entry with its sheet, and confirms or rejects it."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, request, url_for
from sqlalchemy import or_
from werkzeug.wrappers import Response as BaseResponse

from lms.actor import Actor
from lms.assessments import policy, queries, rules, service
from lms.assessments.forms import ReasonForm, SettleForm
from lms.assessments.messages import LANGUAGE_NAMES, SOURCE_NAMES, assessing_sentence
from lms.assessments.queries import EntryRow
from lms.assessments.specs import QuizSpec
from lms.assessments.views.blueprint import bp
from lms.assessments.views.noting import flash_notes, notes_on
from lms.assessments.views.showing import question_of
from lms.assessments.views.titles import names_of, title_of
from lms.clock import now
from lms.config import Config
from lms.content.library import current, source_of, spec_of, words_of
from lms.db import reading, write
from lms.errors import NotFound
from lms.files import get
from lms.i18n import gettext as _
from lms.uploads import EXTENSIONS
from lms.web.access import get_actor, roles, signed_in
from lms.web.forms import Explained, form_page

Page = str | tuple[str, int] | BaseResponse


@bp.route("/assess/entries/<public_id>", methods=["GET", "POST"])
@roles("supervisor", "trainer", "certifier")
def entry(public_id: str) -> Page:
    """Show an entry beside its sheet; the second person confirms or rejects it."""
    actor, settle, reason = get_actor(), SettleForm(), ReasonForm()
    form = reason if request.form.get("do") == "reject" else settle
    if form.validate_on_submit():
        with Explained(form, assessing_sentence):
            return _settled(actor, public_id, form)
    return _page(actor, public_id, settle, reason, form)


def _settled(actor: Actor, public_id: str, form: SettleForm | ReasonForm) -> BaseResponse:
    """Confirm or reject, and lead on."""
    if isinstance(form, ReasonForm):
        words = form.reason.data
        write(lambda s: service.reject_entry(s, actor, public_id, words, at=now()))
        flash(_("Rejected. Who entered it reads your reason."), "success")
        return redirect(url_for("assessments.queue"))
    made = write(lambda s: service.confirm_entry(s, actor, public_id, at=now()))
    found = queries.get_own_outcome(reading(), made)
    if found.is_waiting:
        flash(_("Confirmed. An assessor scores the rest now."), "success")
    else:
        flash(_("Confirmed. She has passed.") if found.passed else _("Confirmed. She has not passed yet."), "success")
        flash_notes(found.id)
    return redirect(url_for("assessments.queue"))


def _page(actor: Actor, public_id: str, settle: SettleForm, reason: ReasonForm, form: SettleForm | ReasonForm) -> Page:
    seen = or_(policy.own_entries(actor), policy.settleable(actor), policy.settled_by(actor))
    row = queries.get_entry(reading(), seen, public_id)
    sheet = queries.get_paper_of(reading(), row.paper_form_id)
    may_settle = queries.count_entries(reading(), policy.settleable(actor) & policy.is_entry(public_id)) > 0
    return form_page(
        "assessments/entry.html",
        form,
        row=row,
        settle=settle,
        notes=notes_on([row.attempt_id]) if row.attempt_id and actor.has("trainer", "certifier") else (),
        reason=reason,
        may_settle=may_settle,
        names=names_of((row.entered_by, row.settled_by)),
        number=rules.shown_number(sheet.number),
        tongue=LANGUAGE_NAMES[sheet.language],
        sources=SOURCE_NAMES,
        title=title_of(current(reading()), row.module_key),
        questions=questions_of(row),
        said=queries.find_objection(reading(), row.id),
    )


def questions_of(row: EntryRow) -> list[object]:
    """Return the questions of the sheet with what was entered."""
    sheet = queries.get_paper_of(reading(), row.paper_form_id)
    quiz = spec_of(QuizSpec, source_of(reading(), sheet.revision_id))
    words = words_of(reading(), sheet.locale_revision_id, sheet.language)
    items = ((entry, quiz.item(entry.item_id)) for entry in sheet.form)
    return [question_of(item, entry.option_ids, words, row.answers.get(item.id, ())) for entry, item in items if item]


@bp.get("/assess/entries/<public_id>/sheet")
@signed_in
def sheet_picture(public_id: str) -> Response:
    """Send the picture of a sheet to those who may see it, as a download that no page may run."""
    row = queries.get_entry(reading(), policy.visible_entries(get_actor()), public_id)
    if row.sheet_sha256 is None or row.sheet_type is None:
        raise NotFound("no picture")
    config: Config = current_app.config["LMS"]
    response = Response(get(config.data_dir, row.sheet_sha256), mimetype=row.sheet_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{public_id}.{EXTENSIONS[row.sheet_type]}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
