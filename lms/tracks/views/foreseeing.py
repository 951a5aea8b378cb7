"""What asking would lead to, as the last look shows it: person by person, in words, and as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, current_app

from lms.clock import local_date, now
from lms.content.library import Library, current
from lms.courses.queries import list_finishing
from lms.db import reading
from lms.fieldwork.rules import Ahead, Crediting
from lms.i18n import format_names, language
from lms.organizations.queries import names_of
from lms.organizations.rules import write_table
from lms.people.queries import known_as
from lms.tracks import messages, queries, rules
from lms.tracks.queries import Foreseen
from lms.tracks.rules import Credit, Due, PlanLine
from lms.tracks.service import Foresight
from lms.web.access import get_actor


@dataclass(frozen=True)
class Shown:
    """One person of a last look. `place` is "" where one organization alone asks; `beyond` is in words."""

    line: PlanLine
    name: str
    place: str
    beyond: str


def told(foresight: Foresight, due: Due, names: Mapping[int, str], places: Mapping[int, str]) -> dict[str, object]:
    """Return what `_foreseen.html` shows: everybody by outcome, and for whom the date leaves too little time."""
    library, has_places = current(reading()), len(places) > 1
    shown = [
        Shown(
            each,
            names[each.asked.person_id],
            places[each.asked.organization_id] if has_places else "",
            _also(library, each),
        )
        for each in foresight.lines()
    ]
    groups = {
        key: [each for each in shown if each.line.outcome == key] for key in ("asked", "done", "already", "finished")
    }
    return {
        "groups": groups,
        "new": len(foresight.sorting.new),
        "early": [each for each in shown if each.line.is_early],
        "lapsing": [(names[each.person_id], day) for each, day in foresight.lapsing.items()],
        "work": messages.work_words(foresight.work),
        "days": (due.on - get_actor().today).days + 1 if due.on else None,
        "due": due,
        "due_words": messages.due_words(due),
        "comfortable": foresight.comfortable,
    }


def _also(library: Library, line: PlanLine) -> str:
    """Return the other tracks that somebody completes, in words."""
    return format_names([str(queries.track_title(library, key, language())) for key in line.beyond])


def as_file(foresight: Foresight) -> Response:
    """Send what would become of everybody as a table."""
    lines = list(foresight.lines())
    people = known_as(reading(), {each.asked.person_id for each in lines})
    places = names_of(reading(), {each.asked.organization_id for each in lines})
    body = write_table(messages.plan_table(current(reading()), lines, people, places))
    headers = {"Content-Disposition": 'attachment; filename="plan.csv"'}
    return current_app.response_class(body, mimetype="text/csv", headers=headers)


def foresee_fieldwork(crediting: Crediting) -> Ahead:
    """Return which modules and tracks people would complete once fieldwork counts, as the reader may know it.

    A certifier and an administrator read of all tracks, others of those that their organizations asked for.
    """
    library, at = current(reading()), now()
    taught = list_finishing(reading(), library, {(person_id, key) for person_id, key, _ in crediting.taught})
    spoken = [each for each in crediting.taught if each[:2] in taught]
    credits_ = [(person_id, Credit(key, 1, at, local_date(at), locale)) for person_id, key, locale in spoken]
    done = queries.credit_ahead(reading(), library, crediting.spent, credits_, at=at).completed
    mine = _asked(done)
    seen = [each for each in done if (each.person_id, each.track_key) in mine]
    titles = [(person_id, queries.module_title(library, key, language())) for person_id, key, _ in spoken]
    modules = tuple((person_id, messages.finishes_words(title)) for person_id, title in titles)
    tracks = tuple((each.person_id, messages.completes_words(library, each)) for each in seen)
    return Ahead((*modules, *tracks), len(done) - len(seen))


def _asked(done: Sequence[Foreseen]) -> set[tuple[int, str]]:
    """Return (person id, track) of what is the reader's to know."""
    actor = get_actor()
    if not done or actor.has("certifier", "administrator"):
        return {(each.person_id, each.track_key) for each in done}
    people = {each.person_id for each in done}
    asked = queries.assignments_of(reading(), actor.supervises, actor.today, person_ids=people)
    return {(each.person_id, each.track_key) for each in asked}


def comfortable(library: Library, track_key: str | None, today: date) -> date | None:
    """Return the first comfortable day for somebody who has nothing of a track; None where none is chosen."""
    if library.find("track", track_key or "") is None:
        return None
    return rules.realistic_due(queries.track_work(library, track_key or "").days, today)
