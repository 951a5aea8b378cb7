"""Beginning an attempt."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import queries, rules
from lms.assessments.events import AttemptStarted, attempt_started
from lms.assessments.models import Attempt
from lms.assessments.service.closing import close_by_time
from lms.assessments.service.placing import require_place
from lms.assessments.specs import QuizSpec
from lms.clock import local_date
from lms.content.library import current, spec_of
from lms.ids import new_public_id
from lms.people.service import lock
from lms.signals import announce

_ATTEMPTS = cast("Table", Attempt.__table__)
_CHANCE = random.SystemRandom()


@dataclass(frozen=True)
class Shown:
    """How the page was shown: its language, and whether English stood beneath everything."""

    locale: str
    both: bool = False


def start_attempt(
    session: Session,
    actor: Actor,
    module_key: str,
    *,
    shown: Shown,
    at: datetime,
    chance: random.Random = _CHANCE,
    round_number: int = 1,
    after: int | None = None,
) -> str:
    """Begin the actor's next attempt and return its public id; an open attempt is taken up again.

    `after` is the number of the attempt that the reader had begun last when her page was made: a request that comes
    twice, or late, begins nothing more. An open attempt whose time is up is closed with what was saved, and its id
    returned. Raise `NotFound` without such a module or quiz, `RuleBroken` as `require_place` does,
    `RuleBroken("attempts_used")` when no attempt is left in this round, and `RuleBroken("wait", until=instant)`
    before the next one is possible.
    """
    lock(session, [actor.person_id])
    library = current(session)
    source = library.get("module", module_key)
    latest = queries.find_attempt(session, actor.person_id, module_key, round_number)
    if latest is not None and latest.submitted_at is None:
        if rules.is_late(latest.deadline_at, at):
            close_by_time(session, [latest], at=at)
        return latest.public_id
    if latest is not None and after is not None and latest.number != after:
        return latest.public_id
    require_place(session, actor.person_id, module_key, round_number, latest)
    quiz = spec_of(QuizSpec, source)
    rules.check_leave(queries.leave_after(session, quiz, latest), at)
    words = library.words("module", module_key, shown.locale)
    number = latest.number + 1 if latest else 1
    form = rules.draw_form(quiz, chance, actor.person_id + number)
    languages = queries.languages_shown(quiz, form, words, both=shown.both)
    public_id = new_public_id()
    session.execute(
        insert(_ATTEMPTS).values(
            public_id=public_id,
            person_id=actor.person_id,
            module_key=module_key,
            round=round_number,
            number=number,
            revision_id=source.revision_id,
            locale_revision_id=words.revision_id,
            shown_language=rules.joined_language(shown.locale, languages.values()),
            form=[{"item": entry.item_id, "options": list(entry.option_ids)} for entry in form],
            started_at=at,
            deadline_at=_deadline(session, actor.person_id, quiz, at),
        )
    )
    announce(attempt_started, session, AttemptStarted(actor.person_id, module_key, round_number, at))
    return public_id


def _deadline(session: Session, person_id: int, quiz: QuizSpec, at: datetime) -> datetime | None:
    """Return when the time of an attempt that begins now is up, with what her accommodations give her."""
    if quiz.limits.minutes is None:
        return None
    percent = queries.fair_for(session, person_id, local_date(at)).percent
    return rules.deadline_of(at, quiz.limits.minutes, percent, 0)
