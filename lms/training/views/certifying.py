"""Pages of reviewers: what waits for them, one with its proof beside the decision, and what is to be taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import gettext as _
from lms.people.queries import list_people
from lms.people.queries import names_of as names_of_people
from lms.training import messages, policy, queries, service
from lms.training.forms import AgreeForm, JudgeForm, NotYetForm, RecognizeForm, TakeBackForm
from lms.training.queries import Precedent, Said, TrainingRow
from lms.training.rules import REVIEWED, STATES, Verdict, Worth
from lms.training.rules.reviewing import standing
from lms.training.views.blueprint import Words, bp, choices, explained, page, words
from lms.web.access import get_actor, roles
from lms.web.forms import ButtonForm, page_of


@bp.get("/certify/training")
@roles("certifier")
def review_queue() -> Any:
    """Show what waits for reviewers, the longest waiting first."""
    actor, search = get_actor(), request.args.get("q", "").strip()[:100]
    state = request.args.get("state", "open")
    state = state if state in STATES else "open"
    people = {each.person_id for each in list_people(reading(), search, 1)} if search else None
    counts = queries.count_queue(reading(), actor, people)
    number, pages = page_of(counts.get(state, 0), queries.PAGE_SIZE)
    rows = queries.list_queue(reading(), actor, state, people, page=number)
    withdrawals = queries.list_withdrawals(reading(), actor)
    known = names_of_people(reading(), {row.person_id for row in rows} | {each.person_id for each in withdrawals})
    first = queries.first_accepts(reading(), rows)
    values = {"state": state, "search": search, "counts": counts, "number": number, "pages": pages}
    return page("queue.html", rows=rows, people=known, first=first, withdrawals=withdrawals, **_narrowing(values))


def _narrowing(values: dict[str, Any]) -> dict[str, Any]:
    """Return what keeps the reader's choice while she turns pages, with the states that she can choose."""
    kept = {name: values[value] for name, value in (("state", "state"), ("q", "search")) if values[value]}
    shown = [state for state in STATES if state != "draft"]
    return {
        **values,
        "state_choices": [(state, messages.STATE_NAMES[state]) for state in shown],
        "href_for": lambda number: url_for("training.review_queue", page=number, **kept),
    }


@bp.route("/certify/training/<public_id>", methods=["GET", "POST"])
@roles("certifier")
def review(public_id: str) -> Any:
    """Show one earlier training with its proof, and take what a reviewer says."""
    actor = get_actor()
    row = queries.get_reviewable(reading(), actor, public_id)
    said, found, precedents = queries.list_said(reading(), row.training_id), words(), _precedents(row)
    forms = _forms(row, found, precedents)
    form = forms.get(request.form.get("act", ""))
    if form is not None and form.validate_on_submit():
        with explained(form):
            state = _judge(actor, row, said, form)
            return _after(actor, row, state)
    return _review_page(actor, row, said, found, precedents, forms)


def _forms(row: TrainingRow, found: Words, precedents: list[Precedent]) -> dict[str, JudgeForm]:
    """Return the three forms of the page, by what they do; only the one that was sent holds what was typed."""
    act = request.form.get("act", "")

    def sent(name: str) -> dict[str, Any]:
        return {} if name == act else {"formdata": None}

    recognize = RecognizeForm(**sent("recognize"), **_prefilled(row, precedents))
    recognize.offer(*choices(found))
    return {"agree": AgreeForm(**sent("agree")), "recognize": recognize, "not-yet": NotYetForm(**sent("not-yet"))}


def _precedents(row: TrainingRow) -> list[Precedent]:
    """Return as what the same was recognized before, while that helps."""
    if row.state not in REVIEWED:
        return []
    return queries.list_precedents(reading(), row.told.alike_key, row.training_id)


def _prefilled(row: TrainingRow, precedents: list[Precedent]) -> dict[str, Any]:
    """Return what the form holds at first: what was chosen of earlier cases, else what is told."""
    told = row.told
    chosen = request.args.get("like", -1, type=int)
    if 0 <= chosen < len(precedents):
        return RecognizeForm.values_of(replace(precedents[chosen].worth, learned_on=told.learned_on))
    hours = Worth(told.learned_on, None, told.hours_kind, told.minutes or 0, told.competencies)
    return RecognizeForm.values_of(Worth(told.learned_on, told.module_key) if told.module_key else hours)


def _judge(actor: Actor, row: TrainingRow, said: list[Said], form: JudgeForm) -> str:
    """Write what the reviewer says and return the state after it. Raises `RuleBroken`."""
    if isinstance(form, AgreeForm):
        reviews = [each for each in said if each.by is not None]
        place = form.like.data if form.like.data is not None else -1
        if not 0 <= place < len(reviews):
            raise RuleBroken("changed_meanwhile")
        verdict = Verdict("accept", reviews[place].worth)
    else:
        verdict = form.verdict
    key, number = form.client_id.data, form.round.data or 0
    return write(
        lambda s: service.review(s, actor, row.public_id, verdict, shown_round=number, client_id=key, at=now())
    )


def _after(actor: Actor, row: TrainingRow, state: str) -> Response:
    """Say what was done, and lead on to what waits next."""
    if state in REVIEWED:
        flash(_("Your yes is saved. It counts once a second reviewer says the same."), "success")
    else:
        flash(_("Your decision is saved."), "success")
    following = queries.find_next(reading(), actor, row)
    if following is None or (state in REVIEWED and following == row.public_id):
        return redirect(url_for("training.review_queue"))
    return redirect(url_for("training.review", public_id=following))


def _review_page(
    actor: Actor,
    row: TrainingRow,
    said: list[Said],
    found: Words,
    precedents: list[Precedent],
    forms: dict[str, JudgeForm],
    take_back: TakeBackForm | None = None,
) -> Any:
    for form in forms.values():
        form.tell(row.round)
    may_judge = policy.can_judge(actor, row.entered_by, queries.has_appealed(said), queries.said_no(said))
    is_open = row.state in REVIEWED
    first = _first(actor, row, said)
    if isinstance(agree := forms["agree"], AgreeForm) and first is not None:
        agree.like.data, agree.like.raw_data = first[0], None
    take_back = take_back or TakeBackForm(formdata=None)
    return page(
        "review.html",
        *forms.values(),
        take_back,
        row=row,
        told=row.told,
        words=found,
        name=names_of_people(reading(), [row.person_id])[row.person_id],
        files=queries.list_files(reading(), row.training_id),
        said=said,
        first=first[1] if first else None,
        mine=standing(queries.opinions_of(said, row.round)).get(actor.account_id) if is_open else None,
        precedents=precedents,
        alike=queries.list_alike(reading(), row),
        is_open=is_open,
        may_judge=is_open and may_judge,
        withdrawals=[] if is_open else queries.list_withdrawals(reading(), actor, row.training_id),
        next_id=queries.find_next(reading(), actor, row),
        agree=forms["agree"],
        recognize=forms["recognize"],
        not_yet=forms["not-yet"],
        take_back=take_back,
    )


def _first(actor: Actor, row: TrainingRow, said: list[Said]) -> tuple[int, Worth] | None:
    """Return the number of another reviewer's yes that stands in this round, and as what she accepts it."""
    reviews = [each for each in said if each.by is not None]
    found = None
    for place, each in enumerate(reviews):
        if each.round == row.round and each.by != actor.account_id and each.kind == "accept" and each.worth:
            found = (place, each.worth)
    return found


@bp.post("/certify/training/<public_id>/take-back")
@roles("certifier")
def take_back(public_id: str) -> Any:
    """Ask to take a recognition back; a second person confirms."""
    actor, form = get_actor(), TakeBackForm()
    row = queries.get_reviewable(reading(), actor, public_id)
    if form.validate_on_submit():
        with explained(form):
            code, note = form.reason.data, form.note.data or ""
            write(lambda s: service.request_withdrawal(s, actor, public_id, code, note, at=now()))
            flash(_("Another reviewer must confirm this. Until then it counts."), "success")
            return redirect(url_for("training.review", public_id=public_id))
    said, found = queries.list_said(reading(), row.training_id), words()
    return _review_page(actor, row, said, found, [], _forms(row, found, []), form)


@bp.post("/certify/training/<public_id>/take-back/<request_id>/<any(confirm, keep):answer>")
@roles("certifier")
def settle_take_back(public_id: str, request_id: str, answer: str) -> Response:
    """Let the second person take the recognition back, or keep it."""
    actor = get_actor()
    row = queries.get_reviewable(reading(), actor, public_id)
    if all(each.public_id != request_id for each in queries.list_withdrawals(reading(), actor, row.training_id)):
        raise NotFound
    if ButtonForm().validate_on_submit():
        try:
            confirm = answer == "confirm"
            write(lambda s: service.settle_withdrawal(s, actor, request_id, confirm=confirm, at=now()))
            flash(_("Your decision is saved."), "success")
        except RuleBroken as error:
            flash(messages.sentence(error), "error")
    return redirect(url_for("training.review", public_id=public_id))
