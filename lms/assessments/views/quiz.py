"""Pages of quizzes: before the start, the questions, and the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.assessments import queries, rules, service
from lms.assessments.forms import QuizForm
from lms.assessments.messages import fair_words, lacking, sentence
from lms.assessments.queries import AttemptRow, EntryRow
from lms.assessments.service import Sheet
from lms.assessments.specs import FILE, QuizSpec
from lms.assessments.views.blueprint import bp
from lms.assessments.views.fair import own_fair
from lms.assessments.views.listening import wants_readings, with_readings
from lms.assessments.views.outcome import result_page
from lms.assessments.views.sending import begin, sheet_of, show_fair, shown_now
from lms.assessments.views.showing import asked_of
from lms.assessments.views.timing import clock_of, minutes_for, time_up_page
from lms.assessments.views.told import waiting_page
from lms.content.library import Source, Text, Words, current, marks, source_of, spec_of
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import gettext as _
from lms.i18n import language
from lms.i18n import lazy_gettext as _l
from lms.web.access import get_actor, signed_in
from lms.web.arrival import arrived_at
from lms.web.rounds import round_of
from lms.web.shell import request_id
from lms.web.showing import told_wording

Page = str | tuple[str, int] | Response
_SAVED = _l("Your answers are saved. You can go on now or later.")


@bp.get("/modules/<module_key>/quiz")
@signed_in
def quiz(module_key: str) -> Page:
    """Show where the reader is with this quiz: before it, in it, or its result."""
    actor, number = get_actor(), round_of(module_key)
    attempt = queries.find_attempt(reading(), actor.person_id, module_key, number)
    show_fair()
    if attempt is not None and attempt.submitted_at is None:
        return _question_page(attempt, QuizForm())
    if attempt is not None and attempt.passed:
        return result_page(attempt)
    beside = queries.list_beside(reading(), actor.person_id, module_key, number)
    if (waiting := waiting_page(module_key, attempt, beside)) is not None:
        return waiting
    return _start_page(module_key, beside) if attempt is None else result_page(attempt, beside=beside)


@bp.post("/modules/<module_key>/quiz/start")
@signed_in
def start(module_key: str) -> Page:
    """Begin an attempt, or take up the open one."""
    actor, number = get_actor(), round_of(module_key)
    try:
        begin(actor, module_key, number)
    except RuleBroken as error:
        if error.code == "prerequisite":  # the module's page names what comes first
            return redirect(url_for("courses.module", module_key=module_key))
        flash(sentence(error), "info")
    return _to_quiz(module_key)


@bp.post("/modules/<module_key>/quiz")
@signed_in
def answer(module_key: str) -> Page:
    """Save what was chosen so far, or hand in the quiz."""
    form, actor = QuizForm(), get_actor()
    sheet = sheet_of(module_key, form)
    show_fair()
    if not form.validate_on_submit():
        return _switched_page(actor, form, sheet)
    try:
        return _send(actor, form, sheet)
    except RuleBroken as error:
        return _refused_page(actor, form, sheet, error)


def _send(actor: Actor, form: QuizForm, sheet: Sheet) -> Page:
    """Save, ask for more time, or hand in; what comes after the time was up is told on the page of the result."""
    key, action = form.client_id.data or "", request.form.get("action")
    shown, at, had = shown_now(), arrived_at(), form.extensions.data or 0
    if action == "submit":
        outcome = write(lambda s: service.submit_attempt(s, actor, sheet, client_id=key, shown=shown, at=at))
    elif action == "more":
        outcome = write(lambda s: service.more_time(s, actor, sheet, had=had, shown=shown, at=at))
    else:
        outcome = write(lambda s: service.save_answers(s, actor, sheet, shown=shown, at=at))
    if (href := _reported(sheet)) and not outcome.is_late:
        return redirect(href)
    if action != "submit" and not outcome.is_late:
        flash(_("You have more time now. Your answers are saved.") if action == "more" else str(_SAVED), "success")
    attempt = _own_open_attempt(actor, sheet) if outcome.missing else None
    return _question_page(attempt, form, missing=outcome.missing) if attempt else _to_quiz(sheet.module_key)


def _reported(sheet: Sheet) -> str | None:
    """Return where a wording is reported, for the button beside a question; None for any other button."""
    action, _colon, address = request.form.get("action", "").partition(":")
    if action != "wrong":
        return None
    key, at = sheet.module_key, f"{FILE}:{address}"
    return url_for("translating.report", kind="module", key=key, at=at, attempt=sheet.attempt_public_id)


def _switched_page(actor: Actor, form: QuizForm, sheet: Sheet) -> Page:
    """Show the same questions in another language, with what was chosen; refuse a form that is not ours."""
    if form.errors:
        raise BadRequest
    attempt = _own_open_attempt(actor, sheet)
    return _question_page(attempt, form, typed=sheet.chosen) if attempt else _to_quiz(sheet.module_key)


def _refused_page(actor: Actor, form: QuizForm, sheet: Sheet, error: RuleBroken) -> Page:
    """Say why the answers were refused; what was chosen stays on the page where it can."""
    if error.code == "foreign_answer":
        return _plain_refusal(400, error)
    attempt = _own_attempt(actor, sheet)
    if error.code == "already_handed_in" and attempt.is_waiting:
        flash(sentence(error), "info")
        return _to_quiz(sheet.module_key)
    if error.code == "already_handed_in":
        return result_page(attempt, sentence(error)), 409
    if error.code == "changed_elsewhere" and attempt.submitted_at is None:
        return _question_page(attempt, form, typed=sheet.chosen, note=sentence(error)), 409
    return _plain_refusal(422, error)


def _plain_refusal(code: int, error: RuleBroken) -> Page:
    page = render_template("error.html", code=code, message=sentence(error), request_id=request_id())
    return page, code


def _to_quiz(module_key: str) -> Response:
    return redirect(url_for("assessments.quiz", module_key=module_key))


def _own_attempt(actor: Actor, sheet: Sheet) -> AttemptRow:
    """Return the actor's attempt that `sheet` names; raise when it is not hers."""
    found = queries.list_named(reading(), actor.person_id, sheet.attempt_public_id)
    if not found or found[0].module_key != sheet.module_key:
        raise NotFound("no such attempt")
    return found[0]


def _own_open_attempt(actor: Actor, sheet: Sheet) -> AttemptRow | None:
    """Return the actor's attempt that `sheet` names, None when it was submitted; raise when it is not hers."""
    attempt = _own_attempt(actor, sheet)
    return attempt if attempt.submitted_at is None else None


def _checked(quiz_spec: QuizSpec, attempt: AttemptRow, typed: Mapping[str, Sequence[str]]) -> rules.Chosen:
    """Return what stood on the reader's page, in its stored shape; refuse what is not of this attempt."""
    try:
        return rules.check_chosen(quiz_spec, attempt.form, typed)
    except RuleBroken as error:
        raise BadRequest from error


def _start_page(module_key: str, beside: Sequence[EntryRow]) -> str:
    library = current(reading())
    source = library.get("module", module_key)
    words = library.words("module", module_key, language())
    quiz_spec = spec_of(QuizSpec, source)
    fair = own_fair()
    return render_template(
        "assessments/start.html",
        quiz=quiz_spec,
        minutes=minutes_for(quiz_spec, fair),
        fair=fair_words(fair),
        beside=beside,
        module_key=module_key,
        title=_title(source, words),
        wording=told_wording(module_key),
    )


def _title(source: Source, words: Words) -> Text:
    return words.text("module.yml:title", source.file("module.yml")["title"])


def _question_page(
    attempt: AttemptRow,
    form: QuizForm,
    *,
    typed: Mapping[str, Sequence[str]] | None = None,
    missing: Mapping[str, str] = MappingProxyType({}),
    note: str | None = None,
) -> str:
    """Render the open attempt: with `typed` what stood on the reader's page, else what is saved."""
    if rules.is_late(attempt.deadline_at, arrived_at()):
        return time_up_page(attempt)
    source = source_of(reading(), attempt.revision_id)
    words = queries.words_for(reading(), attempt, language())
    answers = queries.saved_answers(reading(), attempt.id)
    saved = {item_id: each.chosen for item_id, each in answers.items() if each.chosen}
    quiz_spec = spec_of(QuizSpec, source)
    chosen = saved if typed is None else _checked(quiz_spec, attempt, typed)
    form.attempt.data, form.extensions.data = attempt.public_id, attempt.extensions
    if typed is None or note:
        form.seen.data = rules.digest(attempt.public_id, saved)
    errors = {item_id: lacking(code) for item_id, code in missing.items()}
    if note:
        errors = dict.fromkeys(rules.differing(saved, chosen), _("In the other window you chose something else."))
    asked = with_readings(attempt, source, words, asked_of(quiz_spec, attempt.form, words, chosen, errors))
    return render_template(
        "assessments/questions.html",
        form=form,
        note=note,
        asked=asked,
        listens=wants_readings(asked),
        clock=clock_of(attempt, answers, is_typed=typed is not None, is_held=bool(note)),
        module_key=attempt.module_key,
        title=_title(source, words),
        marks=marks([state for each in asked for state in each.states]),
    )
