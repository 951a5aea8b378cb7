"""A certifier's pages of one worker's tracks: what she need not do, and renewing before its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.content.library import Library, current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import format_date, format_names, language
from lms.i18n import gettext as _
from lms.organizations.queries import names_of, spans_of
from lms.people.queries import PersonRow, get_person, list_people
from lms.tracks import messages, policy, queries, service
from lms.tracks.forms import WaiveForm
from lms.tracks.messages import PartWords
from lms.tracks.queries import Standing, WaiverRow
from lms.tracks.views.blueprint import bp
from lms.web.access import get_actor, roles
from lms.web.forms import ButtonForm, choices_of, refuse

_APART = "|"


@dataclass(frozen=True)
class Given:
    """One waiver in the certifier's words. `state` is "good", or "plain" once it counts no more."""

    row: WaiverRow
    track: str
    part: str
    reason: str
    is_open: bool


@dataclass(frozen=True)
class Person:
    """The worker, with all of her tracks."""

    row: PersonRow
    library: Library
    standing: Standing

    def words(self, track_key: str) -> PartWords | None:
        """Return the words of a track of hers, None when there is none any more."""
        explained = self.standing.explain(self.row.person_id, track_key)
        return PartWords(self.library, track_key, language(), explained) if explained else None

    @property
    def tracks(self) -> list[str]:
        """Return the tracks that she is or was on."""
        return sorted(key for _person, key in self.standing.enrolments)


@bp.get("/certify/people")
@roles("certifier")
def people() -> str:
    """Find a worker by her name, e-mail or phone."""
    search = request.args.get("q", "").strip()[:100]
    found = list_people(reading(), search, 1) if search else []
    mine = get_actor().person_id
    others = [each for each in found if each.person_id != mine]
    places = _workplaces([each.person_id for each in others])
    return render_template("tracks/people.html", search=search, people=others, places=places)


def _workplaces(person_ids: list[int]) -> dict[int, str]:
    """Return where each of these people works today, in words: two may have one name. Two queries."""
    today, spans = get_actor().today, spans_of(reading(), person_ids)
    here = {
        person_id: [each.organization_id for each in spells if each.covers(today)]
        for person_id, spells in spans.items()
    }
    names = names_of(reading(), {each for ids in here.values() for each in ids})
    return {person_id: format_names([names[each] for each in ids]) for person_id, ids in here.items()}


@bp.route("/certify/people/<public_id>/waivers", methods=["GET", "POST"])
@roles("certifier")
def waivers(public_id: str) -> Any:
    """Show what a worker need not do on her tracks, and spare her one part more once that was looked at."""
    actor, form, person = get_actor(), WaiveForm(), _find(public_id)
    parts = _choices(person)
    form.part.choices = choices_of([("", _("Choose a part")), *parts] if parts else [])
    if form.validate_on_submit():
        try:
            if request.form.get("do") != "spare":
                return _last_look(actor, person, form)
            _waive(actor, person, form)
            return redirect(url_for("tracks.waivers", public_id=public_id))
        except RuleBroken as error:
            refuse(form, error, messages.sentence)
    return _page(actor, person, form), 400 if form.errors else 200


@bp.post("/certify/people/<public_id>/waivers/<waiver_id>/withdraw")
@roles("certifier")
def withdraw(public_id: str, waiver_id: str) -> Response:
    """Take a waiver back."""
    actor, form = get_actor(), ButtonForm()
    if form.validate_on_submit() and write(lambda s: service.withdraw_waiver(s, actor, waiver_id, at=now())):
        flash(_("The part is asked for again. A track that she has completed stays completed."), "success")
    return redirect(url_for("tracks.waivers", public_id=public_id))


@bp.post("/certify/people/<public_id>/tracks/<key>/renew")
@roles("certifier")
def renew_for(public_id: str, key: str) -> Response:
    """Begin the next cycle of a worker's track, also before its time."""
    actor, form, person = get_actor(), ButtonForm(), _find(public_id)
    try:
        if form.validate_on_submit() and write(
            lambda session: service.open_cycle(session, actor, person.row.person_id, key, at=now())
        ):
            flash(_("She can renew this track now."), "success")
    except RuleBroken as error:
        flash(messages.sentence(error), "info")
    return redirect(url_for("tracks.waivers", public_id=public_id))


def _find(public_id: str) -> Person:
    """Return a worker whom the reader may spare something; raise `NotFound`."""
    row, actor, library = get_person(reading(), public_id), get_actor(), current(reading())
    if not policy.can_waive(actor, row.person_id):
        raise NotFound
    return Person(row, library, queries.standing_of(reading(), library, [row.person_id], today=actor.today))


def _waive(actor: Actor, person: Person, form: WaiveForm) -> None:
    track_key, _apart, requirement = form.part.data.partition(_APART)
    write(
        lambda session: service.waive(
            session,
            actor,
            person.row.person_id,
            track_key,
            requirement,
            reason=form.reason.data,
            note=(form.note.data or "").strip(),
            ends_on=form.ends_on.data,
            client_id=form.client_id.data,
            at=now(),
        )
    )
    flash(_("Saved. She reads on her page of the track who decided this, and why."), "success")


def _last_look(actor: Actor, person: Person, form: WaiveForm) -> str:
    """Show what sparing her the part would lead to; raise `RuleBroken` as `service.waive` does."""
    track_key, _apart, requirement = form.part.data.partition(_APART)
    until, who = form.ends_on.data, person.row.person_id
    done = service.plan_waiver(reading(), actor, who, track_key, requirement, ends_on=until, at=now())
    return render_template(
        "tracks/waive.html",
        form=form,
        person=person.row,
        part=next(choice.label for choice in form.part.choices if choice.value == form.part.data),
        reason=messages.WAIVER_REASONS[form.reason.data],
        completes=[messages.completes_words(person.library, each) for each in done],
    )


def _choices(person: Person) -> list[tuple[str, str]]:
    """Return every part that may be waived on the tracks that she is on now, by track."""
    found = []
    for key in person.tracks:
        words = person.words(key)
        if words is None or person.standing.enrolments[person.row.person_id, key].state != "active":
            continue
        track = queries.track_title(person.library, key, language())
        parts = [part for part in words.explained.parts if part.can_be_waived]
        found += [(f"{key}{_APART}{part.id}", f"{track}: {words.title(part)}") for part in parts]
    return found


def _page(actor: Actor, person: Person, form: WaiveForm) -> str:
    rows = queries.list_waivers(reading(), actor, person.row.person_id)
    return render_template(
        "tracks/waivers.html",
        form=form,
        person=person.row,
        given=[_given(person, row) for row in rows],
        renewals=_renewals(person),
        may_spare=bool(form.part.choices),
    )


def _given(person: Person, row: WaiverRow) -> Given:
    words = person.words(row.track_key)
    part = next((each for each in words.explained.parts if each.id == row.requirement), None) if words else None
    title = str(words.title(part)) if words and part else row.requirement
    track = str(queries.track_title(person.library, row.track_key, language()))
    reason = str(messages.WAIVER_REASONS[row.reason_code])
    return Given(row, track, title, reason, row.stands_on(person.standing.today))


def _renewals(person: Person) -> list[tuple[str, str, str]]:
    """Return the completed tracks that can be renewed: key, title and by when."""
    found = []
    for key in person.tracks:
        renewal = person.standing.renewal(person.row.person_id, key)
        if renewal is not None:
            title = str(queries.track_title(person.library, key, language()))
            found.append((key, title, format_date(renewal.due_on)))
    return found
