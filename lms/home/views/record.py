"""A worker's own whole record, to read, to print and to take along."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, current_app, render_template, url_for

from lms.actor import Actor
from lms.assessments.messages import fair_words
from lms.assessments.rules import fair_on
from lms.certificates.rules.serials import show_serial
from lms.clock import local_date, now
from lms.competencies.queries import attained_of
from lms.db import reading
from lms.fieldwork.queries.attendance import attended_by
from lms.home import queries, rules
from lms.home.queries import JoinedRecord
from lms.home.queries.work import read_work
from lms.home.rules import Case, Holding
from lms.home.views.blueprint import bp
from lms.home.views.learner import Learner, State, certificate_words, find_learner
from lms.home.views.words import Title, Titles, titles_of
from lms.i18n import LANGUAGES, format_date, format_hours
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.organizations.queries import SpellRow
from lms.training.rules import YearlyHours
from lms.web.access import get_actor, signed_in

#: Why a spell ended, said to the worker herself.
_REASONS = {
    "voluntary": _l("You chose to leave"),
    "funding-ended": _l("The funding ended"),
    "not-renewed": _l("The contract was not renewed"),
    "moved": _l("You moved to another organization"),
    "other": _l("Another reason"),
    "undisclosed": _l("No reason given"),
}


@dataclass(frozen=True)
class Line:
    """One line of a list: its title, what stands beside it, a state and where it leads."""

    title: Title
    facts: tuple[str, ...] = ()
    state: State | None = None
    href: str = ""
    download: str | None = None
    #: Where it says why a track stands like this.
    why: str = ""


@bp.get("/record")
@signed_in
def record() -> str:
    """Show the reader all that her record holds."""
    actor = get_actor()
    learner = find_learner(actor)
    titles = titles_of(learner.library)
    return render_template(
        "home/record.html",
        decisions=[_decision(titles, case) for case in learner.facts.cases if rules.needs_answer(case)],
        certificates=[_certificate(titles, each, actor.today) for each in learner.facts.holdings],
        tracks=_tracks(learner, titles),
        modules=_modules(learner, titles),
        competencies=_competencies(titles, actor.person_id),
        attended=attended_by(reading(), actor.person_id),
        **_work(actor, learner),
        looks=queries.list_looks(reading(), actor.person_id),
        joined=[_joined(titles, each) for each in queries.list_joined(reading(), actor.person_id)],
    )


@bp.get("/record.json")
@signed_in
def download() -> Response:
    """Send the reader all that the program knows about her, as a file."""
    actor = get_actor()
    about = {"name": actor.name, "language": actor.language, "id": actor.public_id, "made_at": now().isoformat()}
    body = json.dumps(about | queries.read_export(reading(), actor.person_id), ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": 'attachment; filename="my-record.json"'}
    return current_app.response_class(body + "\n", mimetype="application/json", headers=headers)


def _decision(titles: Titles, case: Case) -> Line:
    words = _("There is a question for you") if case.state == "asked" else _("Not certified yet. You can answer.")
    href = url_for("certificates.own_application", public_id=case.public_id)
    return Line(titles.track(case.track_key), state=State("attention", words), href=href)


def _certificate(titles: Titles, holding: Holding, today: date) -> Line:
    serial = show_serial(holding.serial)
    released = holding.issued_on is not None and holding.state != "revoked"
    issued = _("Issued on %(date)s", date=format_date(holding.issued_on)) if holding.issued_on else ""
    return Line(
        titles.track(holding.track_key),
        (_("Number %(serial)s", serial=serial), issued),
        certificate_words(holding, today),
        url_for("certificates.own_certificate", public_id=holding.public_id),
        url_for("certificates.download", serial=serial, kind="pdf") if released else None,
    )


def _tracks(learner: Learner, titles: Titles) -> list[Line]:
    """Return every track that she is on or was on: what she works on first, then what is finished, then the rest."""
    active = [way.track_key for way in learner.ways]
    known = dict.fromkeys([*active, *learner.finished, *learner.progress])
    return [_track(learner, titles, key) for key in known]


def _track(learner: Learner, titles: Titles, key: str) -> Line:
    progress = learner.progress[key]
    began = format_date(learner.started_on(key))
    facts = (_("Begun on %(date)s", date=began),)
    if progress.completed_on is not None:
        state = State("good", _("Finished on %(date)s", date=format_date(progress.completed_on)))
    elif progress.state == "active":
        state = State("now", _("%(done)s of %(total)s steps", done=progress.done, total=progress.total))
    else:
        state = State("plain", _("Not going on"))
    return Line(titles.track(key), facts, state, url_for("tracks.show", key=key), why=url_for("tracks.why", key=key))


def _modules(learner: Learner, titles: Titles) -> list[tuple[Title, str, str, str]]:
    """Return title, date, time and language of every completed module, the latest first."""
    own_names = dict(LANGUAGES)
    return [
        (titles.module(each.key), format_date(each.completed_on), format_hours(each.minutes), own_names[each.language])
        for each in sorted(learner.facts.modules, key=lambda each: each.completed_on, reverse=True)
    ]


def _competencies(titles: Titles, person_id: int) -> list[tuple[Title, str, str]]:
    """Return title, date and time of every competency that she has attained. Two queries."""
    attained = attained_of(reading(), [person_id]).get(person_id, ())
    return [
        (titles.competency(each.competency), format_date(each.attained_on), format_hours(each.minutes))
        for each in attained
    ]


def _joined(titles: Titles, each: JoinedRecord) -> tuple[JoinedRecord, str, list[tuple[Title, str]]]:
    """Return one record that was joined to hers, the day, and title and date of each thing that was finished twice."""
    of = {"module_completions": titles.module, "track_completions": titles.track}
    day = format_date(local_date(each.at))
    return each, day, [(of[one.table_name](one.key), format_date(one.completed_on)) for one in each.aside]


def _work(actor: Actor, learner: Learner) -> dict[str, Any]:
    """Return where she works and worked, her yearly hours, and what makes quizzes fair for her. One query."""
    work = read_work(reading(), actor.person_id, actor.today)
    return {
        "yearly": [_yearly(place, hours) for place, hours in work.yearly],
        "employments": [_employment(row) for row in work.spells],
        "fair": fair_words(fair_on(*learner.facts.fair, actor.today)),
    }


def _yearly(place: str, hours: YearlyHours) -> tuple[str, State, tuple[str, ...]]:
    """Return the supervising provider, how much of the year's hours is there, and of what they are."""
    done, asked, year = format_hours(hours.done), format_hours(hours.year.asked), str(hours.year.last.year)
    words = _("%(done)s of %(asked)s in %(year)s", done=done, asked=asked, year=year)
    parts = (
        _("Modules finished here: %(hours)s", hours=format_hours(hours.here)),
        _("From elsewhere, accepted: %(hours)s", hours=format_hours(hours.accepted)),
    )
    return place, State("now" if hours.left else "good", words), parts


def _employment(row: SpellRow) -> tuple[str, str, str, str]:
    """Return organization, title, days and reason of one spell."""
    since = format_date(row.started_on)
    if row.ended_on is None:
        return row.organization_name, row.title, _("Since %(date)s", date=since), ""
    days = _("%(since)s to %(until)s", since=since, until=format_date(row.ended_on))
    reason = str(_REASONS[row.end_reason]) if row.end_reason in _REASONS else ""
    return row.organization_name, row.title, days, reason
