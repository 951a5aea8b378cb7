"""What makes quizzes fair for the reader, for the pages that ask it."""

from __future__ import annotations

from flask import g

from lms.assessments import queries
from lms.assessments.rules import Fair
from lms.db import reading
from lms.web.access import get_actor


def own_fair() -> Fair:
    """Return what counts for the reader today. One query a request, however often a page asks."""
    if "own_fair" not in g:
        actor = get_actor()
        g.own_fair = queries.fair_for(reading(), actor.person_id, actor.today)
    found: Fair = g.own_fair
    return found
