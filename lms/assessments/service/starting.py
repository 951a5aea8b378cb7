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
from lms.assessments.service.placing import require_place
from lms.assessments.specs import QuizSpec
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
) -> str:
    """Begin the actor's next attempt and return its public id; an open attempt is taken up again.

    Raise `NotFound` without such a module or quiz, `RuleBroken` as `require_place` does.
    """
    lock(session, [actor.person_id])
    library = current(session)
    source = library.get("module", module_key)
    latest = queries.find_attempt(session, actor.person_id, module_key, round_number)
    if latest is not None and latest.submitted_at is None:
        return latest.public_id
    require_place(session, actor.person_id, module_key, round_number, latest)
    quiz = spec_of(QuizSpec, source)
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
        )
    )
    announce(attempt_started, session, AttemptStarted(actor.person_id, module_key, round_number, at))
    return public_id
