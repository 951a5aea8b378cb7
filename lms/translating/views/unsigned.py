"""Reports of a survey's wordings by the link of a letter: without signing in, and without a name."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.clock import local_date, now
from lms.config import Config
from lms.db import reading, write
from lms.i18n import force_locale, language
from lms.surveys.rules.comments import Turns
from lms.surveys.service import open_link
from lms.translating import messages, queries, rules, service
from lms.translating.forms import WordingForm
from lms.translating.queries import Passage
from lms.translating.views.blueprint import TONGUES, bp
from lms.web.access import public
from lms.web.forms import Explained, form_page
from lms.web.showing import language_of_letter

Page = str | tuple[str, int] | Response
#: By the token of the link, in the memory of this process alone: a row would tell who reports.
_turns = Turns(rules.MOST_BY_LINK, "too_many_reports")


@bp.route("/follow-up/<token>/wording", methods=["GET", "POST"])
@public
def report_unsigned(token: str) -> Page:
    """Show a question of the survey that a link opens, and keep what is said of its words; then thank for it."""
    config: Config = current_app.config["LMS"]
    invitation, tongue = open_link(reading(), config.secret_key, token, local_date(now()))
    with force_locale(language_of_letter(tongue)):
        at = request.args.get("at", "")
        passage = queries.find_asked(reading(), invitation.survey_key, at, locale=language())
        return _page(token, passage)


def _page(token: str, passage: Passage) -> Page:
    form, back = WordingForm(), url_for("surveys.follow_up", token=token)
    if "sent" in request.args:
        return render_template("translating/sent.html", back=back)
    if form.validate_on_submit():
        with Explained(form, messages.sentence):
            _keep(token, passage, form)
            return redirect(url_for("translating.report_unsigned", token=token, at=passage.at, sent=1))
    return form_page("translating/unsigned.html", form, passage=passage, back=back, tongue=TONGUES[language()])


def _keep(token: str, passage: Passage, form: WordingForm) -> None:
    """Keep the report. What came twice takes one turn; raise what the rules refuse."""
    key, fault, words = str(form.client_id.data), str(form.fault.data), form.words.data or ""
    if not queries.is_kept(reading(), key):
        rules.check_report(fault, words, 0)
        _turns.take(token, local_date(now()))
    write(lambda s: service.report_unsigned(s, passage, fault=fault, words=words, client_id=key))
