"""Finding somebody to enter a result for, and what was entered for her."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.assessments import policy, queries, rules, service
from lms.assessments.forms import NumberForm, PaperForm
from lms.assessments.messages import SOURCE_NAMES, assessing_sentence
from lms.assessments.queries import PersonFound
from lms.assessments.specs import QuizSpec
from lms.assessments.views.blueprint import bp
from lms.assessments.views.titles import quizzes, title_of
from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.web.access import get_actor, roles
from lms.web.classes import in_class
from lms.web.forms import Explained, form_page, page_href, page_of, refuse

Page = str | tuple[str, int] | Response
_MOST_FOUND = 20


def open_person(actor: Actor, public_id: str) -> PersonFound:
    """Return the person of an address whom the reader may enter results for; raise `NotFound`. One query."""
    return queries.get_person(reading(), policy.enterable(actor, in_class()), public_id)


@bp.get("/assess/people")
@roles("supervisor", "trainer", "certifier")
def people() -> str:
    """Find somebody by a part of her name; below, what the reader has entered."""
    actor, search = get_actor(), " ".join(request.args.get("q", "").split())[:100]
    mine = policy.own_entries(actor)
    number, pages = page_of(queries.count_entries(reading(), mine), queries.ENTRIES_A_PAGE)
    library, reach = current(reading()), policy.enterable(actor, in_class())
    return render_template(
        "assessments/people.html",
        search=search,
        found=queries.find_people(reading(), reach, search, _MOST_FOUND) if search else [],
        entries=queries.list_entries(reading(), mine, page=number),
        title_of=lambda key: title_of(library, key),
        sources=SOURCE_NAMES,
        page=number,
        pages=pages,
        href_for=page_href("assessments.people", q=search),
    )


@bp.route("/assess/people/<public_id>", methods=["GET", "POST"])
@roles("supervisor", "trainer", "certifier")
def person(public_id: str) -> Page:
    """Ask for the number of the sheet that she filled."""
    actor, form = get_actor(), NumberForm()
    known = open_person(actor, public_id)
    if form.validate_on_submit():
        found = queries.find_paper(reading(), rules.sheet_number(form.number.data))
        if found is not None:
            return redirect(url_for("assessments.enter", public_id=public_id, number=found.number))
        refuse(form, RuleBroken("sheet_unknown"), assessing_sentence)
    return form_page("assessments/person.html", form, person=known, quizzes=quizzes(), oral=_is_oral(actor, known))


def _is_oral(actor: Actor, known: PersonFound) -> bool:
    """Return whether questions are read to her, as far as the reader may know."""
    may_know = policy.can_keep(actor, known.person_id)
    return may_know and queries.fair_for(reading(), known.person_id, actor.today).oral


@bp.route("/assess/people/<public_id>/quizzes/<module_key>", methods=["GET", "POST"])
@roles("supervisor", "trainer", "certifier")
def sit_with(public_id: str, module_key: str) -> Page:
    """Make a sheet for her alone: to print, or to go through with her now."""
    actor, library, form = get_actor(), current(reading()), PaperForm()
    known = open_person(actor, public_id)
    library.spec(QuizSpec, "module", module_key)
    if form.validate_on_submit():
        with Explained(form, assessing_sentence):
            return _made_for(actor, known, module_key, form)
    form.language.data = form.language.data or known.language
    return form_page("assessments/sit_with.html", form, person=known, title=title_of(library, module_key))


def _made_for(actor: Actor, known: PersonFound, module_key: str, form: PaperForm) -> Response:
    """Make the sheet, and lead on to printing or to entering."""
    tongue, key, reach = form.language.data, form.client_id.data, in_class()
    made = write(
        lambda s: service.make_paper(
            s, actor, module_key, tongue, known.person_id, in_class=reach, client_id=key, at=now()
        )
    )
    if request.form.get("do") == "print":
        return redirect(url_for("assessments.paper", public_id=made))
    sheet = queries.get_paper(reading(), policy.visible_papers(actor), made)
    return redirect(url_for("assessments.enter", public_id=known.public_id, number=sheet.number, how="oral"))
