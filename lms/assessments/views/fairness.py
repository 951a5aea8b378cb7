"""Pages of what makes quizzes fair: a worker's own, and those where staff keep it and give attempts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from lms.assessments import policy, queries, rules, service
from lms.assessments.forms import FairForm, GrantForm, OwnFairForm
from lms.assessments.messages import REASON_NAMES, STAFF_TIMES, fair_words, sentence
from lms.assessments.queries import Version
from lms.assessments.rules import Choice, Given
from lms.assessments.specs import QuizSpec
from lms.assessments.views.blueprint import bp
from lms.assessments.views.fair import own_fair
from lms.clock import local_date
from lms.content.library import Text, current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import gettext as _
from lms.i18n import language
from lms.people.queries import PersonRow, get_person, known_as, names_of_accounts
from lms.web.access import get_actor, roles, signed_in
from lms.web.arrival import arrived_at
from lms.web.forms import Explained

_WISHES = ("time", "oral")


@bp.route("/record/accommodations", methods=["GET", "POST"])
@signed_in
def own_accommodations() -> Any:
    """Show what makes quizzes fair for the reader, and keep what she chooses or asks for."""
    form = OwnFairForm(data=_chosen(get_actor().person_id))
    if request.form.get("ask") in _WISHES:
        _ask(request.form["ask"])
    elif form.validate_on_submit():
        _choose(form)
    else:
        return _own_page(form), 400 if form.errors else 200
    return redirect(url_for("assessments.own_accommodations"))


def _ask(kind: str) -> None:
    actor, at = get_actor(), arrived_at()
    write(lambda session: service.wish(session, actor, kind, at=at))
    flash(_("You have asked a trainer. The answer will stand here."), "success")


def _choose(form: OwnFairForm) -> None:
    actor, at = get_actor(), arrived_at()
    choice = Choice(form.bilingual.data, form.audio.data, form.own_percent.data)
    write(lambda session: service.choose(session, actor, choice, client_id=form.client_id.data, at=at))
    cookie["both"] = choice.bilingual  # lessons too
    flash(_("This counts from now on, in every quiz."), "success")


def _chosen(person_id: int) -> dict[str, Any]:
    versions = queries.list_versions(reading(), person_id, limit=1)
    return vars(versions[0].choice if versions else Choice())


def _own_page(form: OwnFairForm) -> str:
    fair = own_fair()
    asked = queries.list_wishes(reading(), get_actor().person_id)
    return render_template("assessments/own_fair.html", form=form, fair=fair_words(fair), oral=fair.oral, asked=asked)


@bp.get("/people/accommodations")
@roles(*policy.KEEPERS)
def asking() -> str:
    """List who asks for something that makes quizzes fair."""
    asked = [each for each in queries.list_asking(reading()) if policy.can_keep(get_actor(), each[0])]
    people = known_as(reading(), [person_id for person_id, _at in asked])
    rows = [(*people[person_id], at) for person_id, at in asked]
    return render_template("assessments/asking.html", rows=rows)


@bp.route("/people/<public_id>/accommodations", methods=["GET", "POST"])
@roles(*policy.KEEPERS)
def accommodations(public_id: str) -> Any:
    """Show what makes quizzes fair for a person, and keep what staff give her."""
    person = _find(public_id)
    form = FairForm(data=_given(person.person_id))
    if form.validate_on_submit():
        with Explained(form, sentence):
            _give(person.person_id, form)
            return redirect(url_for("assessments.accommodations", public_id=public_id))
    return _staff_page(person, form), 400 if form.errors else 200


@bp.post("/people/<public_id>/attempts")
@roles(*policy.KEEPERS)
def grant(public_id: str) -> Response:
    """Give a person one attempt more at a quiz."""
    person, form = _find(public_id), GrantForm()
    if form.validate_on_submit():
        _grant(person.person_id, form)
    else:
        flash(" ".join(str(each[0]) for each in form.errors.values()), "error")
    return redirect(url_for("assessments.accommodations", public_id=public_id))


def _grant(person_id: int, form: GrantForm) -> None:
    actor, at, key, number = get_actor(), arrived_at(), form.module.data, form.round.data
    said = {"reason": form.reason.data.strip(), "client_id": form.client_id.data}
    try:
        write(lambda session: service.grant_attempt(session, actor, person_id, key, number, at=at, **said))
        flash(_("She can try this quiz once more. She reads it on her page."), "success")
    except RuleBroken as error:
        flash(sentence(error), "info")


def _give(person_id: int, form: FairForm) -> None:
    actor, at, given = get_actor(), arrived_at(), _given_by(form)
    write(lambda session: service.give(session, actor, person_id, given, client_id=form.client_id.data, at=at))
    flash(_("Kept. It counts at once, also in a quiz that she is taking now."), "success")


def _find(public_id: str) -> PersonRow:
    """Return a person for whom the reader may keep something; raise `NotFound`."""
    person = get_person(reading(), public_id)
    if not policy.can_keep(get_actor(), person.person_id):
        raise NotFound
    return person


def _given(person_id: int) -> dict[str, Any]:
    versions = queries.list_versions(reading(), person_id, limit=1)
    given = versions[0].given if versions else Given()
    valid_from = given.valid_from if given.is_anything else local_date(arrived_at())
    return vars(given) | {"valid_from": valid_from, "reason_class": given.reason_class or ""}


def _given_by(form: FairForm) -> Given:
    """Return what was filled in."""
    return Given(
        form.time_percent.data,
        form.often.data,
        form.oral.data,
        form.valid_from.data,
        form.valid_until.data,
        form.reason_class.data or None,
    )


@dataclass(frozen=True)
class Stopped:
    """A quiz that a person has not passed and cannot try now, in the reader's words."""

    title: Text
    why: str
    form: GrantForm


def _staff_page(person: PersonRow, form: FairForm) -> str:
    versions = queries.list_versions(reading(), person.person_id)
    day = local_date(arrived_at())
    writers = {each.granted_by for each in versions}
    return render_template(
        "assessments/fair.html",
        person=person,
        form=form,
        versions=[_lines_of(each) for each in versions],
        fair=rules.fair_on(versions[0].choice, versions[0].given, day) if versions else rules.Fair(),
        asked=queries.list_wishes(reading(), person.person_id),
        names=names_of_accounts(reading(), writers),
        stopped=_stopped(person.person_id),
    )


def _lines_of(version: Version) -> tuple[Version, str, str]:
    """Return a version with its time and its reason in words."""
    given = version.given
    reason = REASON_NAMES.get(given.reason_class or "", "")
    percent = max(given.time_percent, version.choice.own_percent)
    return version, str(STAFF_TIMES.get(percent, f"{percent} %")), str(reason)


def _stopped(person_id: int) -> list[Stopped]:
    """Return the quizzes that a person cannot try now, with a form to give her one attempt more."""
    library, found = current(reading()), []
    for each in queries.list_failed(reading(), person_id):
        source = library.find("module", each.module_key)
        if source is None:
            continue
        limits = library.spec(QuizSpec, "module", each.module_key).limits
        leave = rules.leave_of(limits, rules.Tries(each.number, each.closed_at, each.granted, each.granted_at))
        try:
            rules.check_leave(leave, arrived_at())
        except RuleBroken as error:
            words = library.words("module", each.module_key, language())
            title = words.text("module.yml:title", source.file("module.yml")["title"])
            form = GrantForm(formdata=None, data={"module": each.module_key, "round": each.round})
            why = sentence(error)
            found.append(Stopped(title, why, form))
    return found
