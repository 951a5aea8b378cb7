"""Pages of free texts: what staff read in English, and what translators put into it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import Library, current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import gettext as _
from lms.i18n import language
from lms.surveys.forms import EnglishForm
from lms.surveys.policy import CLEARERS, READERS, can_judge, languages_to_clear, require_words
from lms.surveys.queries.results.asked import list_asked
from lms.surveys.queries.results.texts import (
    PAGE,
    count_texts,
    get_text,
    list_flagged,
    list_texts,
    list_untranslated,
)
from lms.surveys.rules.texts import FreeText
from lms.surveys.service import results as service
from lms.surveys.views.blueprint import bp
from lms.surveys.views.results.board import ask
from lms.surveys.views.results.saying import refusal
from lms.web.access import get_actor, roles
from lms.web.forms import ButtonForm, Explained, form_page, page_href, page_of

Page = str | tuple[str, int] | Response


@bp.get("/feedback/<survey_key>/<subject>/words")
@roles(*READERS)
def texts(survey_key: str, subject: str) -> str:
    """Show what people wrote, in English, without language, month or order."""
    require_words(get_actor())
    asking = ask(survey_key, subject)
    page, pages = page_of(count_texts(reading(), survey_key, asking.subject_key), PAGE)
    return render_template(
        "surveys/results/texts.html",
        asking=asking,
        texts=_asked(asking.library, list_texts(reading(), survey_key, asking.subject_key, page)),
        page=page,
        pages=pages,
        href_for=page_href("surveys.texts", **asking.address),
        form=ButtonForm(),
    )


def _asked(library: Library, found: list[FreeText]) -> list[tuple[FreeText, str]]:
    """Return texts with the words of their questions, in the reader's language."""
    surveys = {each.survey_key for each in found}
    prompts = {(key, each.id): each.prompt for key in surveys for each in list_asked(library, key, language())}
    return [(each, prompts.get((each.survey_key, each.question_id), "")) for each in found]


@bp.post("/feedback/words/<text_id>/aside")
@roles(*READERS)
def put_aside(text_id: str) -> Response:
    """Take a text from the page, because it names somebody, or is not English."""
    actor, reason = get_actor(), request.form.get("reason", "")
    try:
        write(lambda session: service.flag_text(session, actor, text_id, reason, at=now()))
    except RuleBroken as error:
        raise BadRequest from error
    flash(_("It is put aside. Somebody looks at it before others read it."), "success")
    return redirect(url_for("surveys.feedback"))


@bp.get("/content/answers")
@roles(*CLEARERS)
def answers_to_clear() -> str:
    """List the texts that wait for the reader: in her languages, and those that were put aside."""
    actor, session = get_actor(), reading()
    flagged = list_flagged(session) if can_judge(actor) else []
    waiting = _asked(current(session), list_untranslated(session, languages_to_clear(actor)))
    return render_template(
        "surveys/results/clearing.html", waiting=waiting, flagged=_asked(current(session), flagged), most=PAGE
    )


@bp.route("/content/answers/<text_id>", methods=["GET", "POST"])
@roles(*CLEARERS)
def clear_answer(text_id: str) -> Page:
    """Put one text into English, clear it, pass it on or take it out."""
    actor, form, deed = get_actor(), EnglishForm(), request.form.get("do", "")
    text = get_text(reading(), text_id)
    if not (can_judge(actor) and text.is_to_judge) and not text.is_for(languages_to_clear(actor)):
        raise NotFound
    is_sent = ButtonForm().validate_on_submit() if deed in ("pass", "remove") else form.validate_on_submit()
    if is_sent:
        with Explained(form, refusal):
            _do(text, deed, form)
            return redirect(url_for("surveys.answers_to_clear"))
    (shown,) = _asked(current(reading()), [text])
    return form_page("surveys/results/clear.html", form, text=text, prompt=shown[1])


def _do(text: FreeText, deed: str, form: EnglishForm) -> None:
    actor, english, erase = get_actor(), form.english.data or "", bool(form.erase.data)
    if deed == "pass":
        write(lambda session: service.pass_on(session, actor, text.id, at=now()))
    elif deed == "remove":
        write(lambda session: service.remove_text(session, actor, text.id, at=now()))
    elif text.is_to_judge:
        write(lambda session: service.clear_text(session, actor, text.id, english, at=now()))
    else:
        write(lambda session: service.translate_text(session, actor, text.id, english, erase=erase, at=now()))
    flash(_("Thank you. It is done."), "success")
