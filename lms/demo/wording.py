"""Loads what two translators of Tongan did at the desk: reviews, approvals, a new wording, marks, a comment."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.content.library import Library, current
from lms.demo.people import Cast
from lms.ids import new_client_id
from lms.translating import queries, rules, service
from lms.translating.queries import Place

KIND, MODULE, LOCALE = "module", "communication", "to"
#: How many sentences the first one reviews, of what is critical and of the rest, and how many the second approves.
REVIEWED, APPROVED = 4, 2
TITLE = "lessons/listening.md:title"
OTHER_WORDS = "ʻUluaki fanongo"
COMMENT = "ʻOku mahino, ka ʻoku lōloa ʻa e ngaahi sētesi ʻe niʻihi."
MARKS = ({"accuracy": 5, "fit": 4, "readability": 3}, {"accuracy": 4, "fit": 4, "readability": 4})


def translate(session: Session, cast: Cast, at: datetime) -> None:
    """Let two translators review, approve, reword and judge some words of the short track, in the days before `at`."""
    first, second = cast.translator, cast.second_translator
    library = current(session)
    drafted = _drafted(library)
    for place in drafted:
        _step(session, library, first, place, "reviewed", at - timedelta(days=3))
    for place in (*drafted[:APPROVED], *drafted[REVIEWED : REVIEWED + APPROVED]):
        _step(session, library, second, place, "approved", at - timedelta(days=1))
    title = Place(KIND, MODULE, TITLE, LOCALE)
    if TITLE in library.words(KIND, MODULE, LOCALE).entries:
        seen = queries.get_seen(session, library, title)
        said = {"english": seen.english, "mark": seen.mark, "client_id": new_client_id()}
        service.propose(session, second, title, text=OTHER_WORDS, is_draft=False, **said, at=at - timedelta(days=2))
        source, words = library.get(KIND, MODULE), library.words(KIND, MODULE, LOCALE)
        newest = queries.list_open(session, library, [LOCALE], KIND, MODULE)
        wording = queries.wording_of(source, words, rules.part_of(TITLE), newest)
        for who, marks, comment in zip((first, second), MARKS, (COMMENT, ""), strict=True):
            service.rate(session, who, title, marks=marks, comment=comment, wording=wording, at=at - timedelta(days=2))


def _drafted(library: Library) -> list[Place]:
    """Return the first drafts of the project outside the quiz, and as many in it."""
    listed = queries.list_sentences(library, (KIND, MODULE, LOCALE), {}, {})
    found = [each for each in listed if each.state == "draft" and each.address != TITLE]
    halves = ([each for each in found if each.is_critical is critical][:REVIEWED] for critical in (False, True))
    return [Place(KIND, MODULE, each.address, LOCALE) for half in halves for each in half]


def _step(session: Session, library: Library, who: Actor, place: Place, step: str, at: datetime) -> None:
    mark = queries.get_seen(session, library, place).step_mark
    service.take_step(session, who, place, step, mark=mark, client_id=new_client_id(), at=at)
