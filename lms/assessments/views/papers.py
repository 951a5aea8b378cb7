"""Sheets: made for a class or for one person, and printed without any key."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from lms.assessments import policy, queries, rules, service
from lms.assessments.forms import PaperForm
from lms.assessments.messages import LANGUAGE_NAMES, assessing_sentence
from lms.assessments.queries import PaperRow
from lms.assessments.specs import QuizSpec
from lms.assessments.views.blueprint import bp
from lms.assessments.views.showing import asked_of
from lms.assessments.views.titles import quizzes, title_of
from lms.clock import now
from lms.content.library import current, published_as, source_of, spec_of, words_of
from lms.db import reading, write
from lms.i18n import force_locale, language
from lms.people.queries.identity import known_as
from lms.web.access import get_actor, roles
from lms.web.classes import in_class
from lms.web.forms import Explained, form_page

Page = str | tuple[str, int] | Response
#: How many of her last sheets the maker sees.
_LATELY = 20


@bp.get("/assess/paper")
@roles("supervisor", "trainer", "certifier")
def papers() -> str:
    """Show the quizzes of which sheets can be made, and the reader's last sheets."""
    library = current(reading())
    return render_template(
        "assessments/papers.html",
        quizzes=quizzes(),
        sheets=queries.list_papers(reading(), get_actor().account_id, _LATELY),
        title_of=lambda key: title_of(library, key),
        shown_number=rules.shown_number,
        tongues=LANGUAGE_NAMES,
    )


@bp.route("/assess/paper/<module_key>", methods=["GET", "POST"])
@roles("supervisor", "trainer", "certifier")
def make_paper(module_key: str) -> Page:
    """Make one sheet of which a class uses as many copies as it needs."""
    library, form, actor = current(reading()), PaperForm(), get_actor()
    library.spec(QuizSpec, "module", module_key)
    if form.validate_on_submit():
        with Explained(form, assessing_sentence):
            tongue, key, reach = form.language.data, form.client_id.data, in_class()
            made = write(
                lambda s: service.make_paper(
                    s, actor, module_key, tongue, None, in_class=reach, client_id=key, at=now()
                )
            )
            return redirect(url_for("assessments.paper", public_id=made))
    form.language.data = form.language.data or language()
    return form_page("assessments/make_paper.html", form, title=title_of(library, module_key), module_key=module_key)


@bp.get("/assess/sheets/<public_id>")
@roles("supervisor", "trainer", "certifier")
def paper(public_id: str) -> str:
    """Show a sheet as it is printed, in its own language."""
    return sheet_page(queries.get_paper(reading(), policy.visible_papers(get_actor()), public_id))


def sheet_page(sheet: PaperRow) -> str:
    """Return the printed page of a sheet."""
    source = source_of(reading(), sheet.revision_id)
    words = words_of(reading(), sheet.locale_revision_id, sheet.language)
    version = published_as(reading(), sheet.revision_id)
    holder = known_as(reading(), [sheet.person_id])[sheet.person_id][1] if sheet.person_id else ""
    number, title = rules.shown_number(sheet.number), words.text("module.yml:title", source.file("module.yml")["title"])
    with force_locale(sheet.language):
        printed = render_template(
            "assessments/sheet.html",
            number=number,
            version=version.number if version else "",
            tongue=LANGUAGE_NAMES[sheet.language],
            holder=holder,
            title=title,
            asked=asked_of(spec_of(QuizSpec, source), sheet.form, words, {}, {}),
        )
    return render_template(
        "assessments/paper.html",
        sheet=sheet,
        number=number,
        title=title,
        printed=Markup(printed),  # noqa: S704 -- our own template
    )
