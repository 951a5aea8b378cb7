"""The page on which somebody enters what a worker answered on a sheet, or said."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.assessments import queries, rules, service
from lms.assessments.forms import EnterForm, answers_sent
from lms.assessments.messages import LANGUAGE_NAMES, assessing_sentence, lacking
from lms.assessments.queries import PaperRow, PersonFound
from lms.assessments.service import Entered, Kept, Recorded
from lms.assessments.specs import QuizSpec
from lms.assessments.views.blueprint import bp
from lms.assessments.views.noting import flash_notes
from lms.assessments.views.people import open_person
from lms.assessments.views.showing import asked_of
from lms.assessments.views.titles import title_of
from lms.clock import now
from lms.config import Config
from lms.content.library import current, source_of, spec_of, words_of
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.files import put
from lms.i18n import force_locale, language
from lms.i18n import gettext as _
from lms.organizations.queries import spans_of
from lms.uploads import LARGEST_FILE, check_file
from lms.web.access import get_actor, roles
from lms.web.classes import in_class
from lms.web.forms import Explained, form_page
from lms.web.rounds import round_of
from lms.web.uploads import AROUND_FILE

Page = str | tuple[str, int] | Response
Sent = Mapping[str, tuple[str, ...]]
#: What is missing is said in the reader's language, among questions in that of the sheet.
_SAID = Markup('<span lang="{}">{}</span>')
_OWN_FIELDS = {"csrf_token", "client_id", "source", "taken_on", "has_blanks", "_language"}


@bp.url_value_preprocessor
def _let_a_file_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one route that takes a picture take a whole file; all others keep the limit of the site."""
    if endpoint == "assessments.enter":
        request.max_content_length = LARGEST_FILE + AROUND_FILE


@bp.route("/assess/people/<public_id>/sheets/<number>", methods=["GET", "POST"])
@roles("supervisor", "trainer", "certifier")
def enter(public_id: str, number: str) -> Page:
    """Enter the answers of one worker on one sheet."""
    actor = get_actor()
    known, sheet = open_person(actor, public_id), queries.find_paper(reading(), rules.sheet_number(number))
    if sheet is None:
        raise NotFound("no such sheet")
    form = EnterForm()
    sent = answers_sent(_OWN_FIELDS) if form.is_submitted() else {}
    if form.validate_on_submit():
        with Explained(form, assessing_sentence):
            return _send(actor, known, sheet, form, sent)
    return _page(actor, known, sheet, form, sent)


def _send(
    actor: Actor, known: PersonFound, sheet: PaperRow, form: EnterForm, sent: Mapping[str, tuple[str, ...]]
) -> Page:
    """Keep the entry; where answers are missing, show which."""
    entered = Entered(
        number=sheet.number,
        source=form.source.data,
        chosen=sent,
        taken_on=form.taken_on.data,
        has_blanks=form.has_blanks.data,
        round_number=round_of(sheet.module_key, known.person_id),
        sheet=_picture(form.sheet.data),
    )
    who, key, reach = known.person_id, form.client_id.data, in_class()
    done = write(lambda s: service.enter_result(s, actor, who, entered, in_class=reach, client_id=key, at=now()))
    if done.missing:
        return _page(actor, known, sheet, form, sent, missing=done.missing)
    return _after(actor, done)


def _picture(sent: FileStorage | None) -> Kept | None:
    """Check and store the picture of a sheet, None where none was sent. Raises `RuleBroken`."""
    if not sent or not sent.filename:
        return None
    config: Config = current_app.config["LMS"]
    file = check_file(sent.stream.read(LARGEST_FILE + 1), sent.filename)
    return Kept(put(config.data_dir, file.content).sha256, file.media_type)


def _after(actor: Actor, done: Recorded) -> Response:
    """Say what came of it: it counts, an assessor scores it now, or a second person compares it."""
    if done.attempt is None:
        flash(_("Entered. A trainer or certifier compares it with the sheet before it counts."), "success")
        return redirect(url_for("assessments.people"))
    found = queries.get_own_outcome(reading(), done.attempt)
    if found.is_waiting and actor.has("trainer", "certifier"):
        flash(_("Entered. Now score what she showed, said or wrote."), "success")
        return redirect(url_for("assessments.score", public_id=done.attempt))
    said = _("Entered. She has passed.") if found.passed else _("Entered. She has not passed yet.")
    flash(said, "success")
    flash_notes(found.id)
    return redirect(url_for("assessments.people"))


def _page(
    actor: Actor,
    known: PersonFound,
    sheet: PaperRow,
    form: EnterForm,
    sent: Sent,
    missing: Mapping[str, str] = MappingProxyType({}),
) -> Page:
    quiz = spec_of(QuizSpec, source_of(reading(), sheet.revision_id))
    try:
        chosen = rules.check_chosen(quiz, sheet.form, sent)
    except RuleBroken as error:
        raise BadRequest from error
    if not form.is_submitted():
        form.source.data = "oral" if request.args.get("how") == "oral" else "paper"
        form.taken_on.data = actor.today
    words = words_of(reading(), sheet.locale_revision_id, sheet.language)
    errors = {item_id: _SAID.format(language(), lacking(code)) for item_id, code in missing.items()}
    with force_locale(sheet.language):
        asked = asked_of(quiz, sheet.form, words, chosen, errors)
        questions = render_template("assessments/sheet_questions.html", asked=asked)
    spans = spans_of(reading(), [known.person_id]).get(known.person_id, ())
    return form_page(
        "assessments/enter.html",
        form,
        person=known,
        number=rules.shown_number(sheet.number),
        tongue=LANGUAGE_NAMES[sheet.language],
        title=title_of(current(reading()), sheet.module_key),
        asked=asked,
        questions=Markup(questions),  # noqa: S704 -- our own template
        spoken=sheet.language,
        needs_sheet=rules.place_of(actor, spans) is not None,
    )
