"""Pages of comments: writing one, and reading and answering them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.i18n import gettext as _
from lms.i18n import language
from lms.people.queries import names_of
from lms.surveys.forms import AnswerForm, CommentForm
from lms.surveys.policy import READERS, require_words
from lms.surveys.queries.results.asked import title_of_subject
from lms.surveys.queries.results.comments import PAGE, count_comments, get_comment, list_comments, list_own
from lms.surveys.rules.comments import Turns
from lms.surveys.service import results as service
from lms.surveys.views.blueprint import bp
from lms.surveys.views.results.board import subject_words
from lms.surveys.views.results.saying import refusal
from lms.web.access import get_actor, roles, signed_in
from lms.web.forms import ButtonForm, Explained, form_page, page_href, page_of

Page = str | tuple[str, int] | Response
#: In the memory of this process alone (see `Turns`).
_turns = Turns()


@bp.route("/comments", methods=["GET", "POST"])
@signed_in
def comment() -> Page:
    """Let somebody tell those who make the training what she likes, signed or not; show what she signed before."""
    actor, form, about = get_actor(), CommentForm(), request.args.get("about", "")
    if form.validate_on_submit():
        with Explained(form, refusal):
            _turns.take(actor.person_id, actor.today)
            _add(actor, form, about)
            flash(_("Thank you. They can read it now."), "success")
            return redirect(url_for("surveys.comment"))
    title = title_of_subject(current(reading()), about, language())
    own = list_own(reading(), actor.person_id)
    return form_page("surveys/results/comment.html", form, about=title, own=own)


def _add(actor: Actor, form: CommentForm, about: str) -> None:
    text, is_signed, key, tongue = form.text.data or "", bool(form.signed.data), str(form.client_id.data), language()
    write(
        lambda session: service.add_comment(
            session,
            actor,
            text,
            is_signed=is_signed,
            subject_key=about,
            language=tongue,
            client_id=key,
            at=now(),
        )
    )


@bp.get("/feedback/comments")
@roles(*READERS)
def comments() -> str:
    """List comments, the new ones first."""
    require_words(get_actor())
    session = reading()
    page, pages = page_of(count_comments(session), PAGE)
    found, library = list_comments(session, page), current(session)
    return render_template(
        "surveys/results/comments.html",
        comments=found,
        names=names_of(session, [each.person_id for each in found if each.person_id]),
        about={each.subject_key: subject_words(library, each.subject_key) for each in found if each.subject_key},
        page=page,
        pages=pages,
        href_for=page_href("surveys.comments"),
    )


@bp.route("/feedback/comments/<public_id>", methods=["GET", "POST"])
@roles(*READERS)
def answer_comment(public_id: str) -> Page:
    """Show one comment; note that it was seen, or answer it."""
    actor, form = get_actor(), AnswerForm()
    require_words(actor)
    each = get_comment(reading(), public_id)
    if request.form.get("do") == "seen" and ButtonForm().validate_on_submit():
        write(lambda session: service.see_comment(session, actor, public_id, at=now()))
        return redirect(url_for("surveys.comments"))
    if form.validate_on_submit():
        with Explained(form, refusal):
            write(lambda session: service.answer_comment(session, actor, public_id, form.answer.data, at=now()))
            return redirect(url_for("surveys.comments"))
    names = names_of(reading(), [each.person_id]) if each.person_id else {}
    return form_page("surveys/results/comment_one.html", form, comment=each, name=names.get(each.person_id or 0))
