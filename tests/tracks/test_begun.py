"""Who has begun what was asked of her: not by modules alone. What she did stays hers, whatever is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from lms.clock import local_date
from lms.db import reading, write
from lms.fieldwork import service as fieldwork
from lms.fieldwork.queries import credited_minutes, observed_since, practised_since
from lms.fieldwork.rules.hours import Sheet
from lms.ids import new_client_id
from lms.tracks import service
from lms.tracks.rules import WorkDone, is_towards
from tests.conftest import AT, Browser
from tests.factories import Make, sign_in
from tests.fieldwork.classes import AFTER, Classes
from tests.tracks.conftest import actor_of, read_lesson
from tests.tracks.practice import Practice
from tests.tracks.sample import WHOLE, publish_tracks, track
from tests.tracks.test_service import state_of
from tests.tracks.test_views import text_of

LATER = AT + timedelta(hours=1)
TAUGHT = {
    **WHOLE,
    "prerequisites": [],
    "hours": [
        {
            "id": "talks",
            "kinds": ["class", "practicum"],
            "minutes": 9000,
            "competency": "chw-core/outreach",
            "title": "A",
        }
    ],
}


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the real content, with a track that asks for modules, hours and a sign-off."""
    publish_tracks(TAUGHT)


class Story:
    """A supervisor asks one worker for the track and takes it back; between the two something happens."""

    def __init__(self, make: Make) -> None:
        self.practice, self.classes = Practice(make), Classes(make)
        self.ana = make.person("Ana Story")
        for place in (self.practice.place, self.classes.hope):
            make.employment(self.ana, place)
        self.boss = actor_of(self.practice.boss)
        ids, key = [self.ana.person_id], new_client_id()
        made = write(
            lambda s: service.assign(s, self.boss, self.practice.place, "whole", ids, due_on=None, client_id=key, at=AT)
        )
        self.batch = made.batch_public_id

    def enter(self, kind: str, *competencies: str) -> str:
        """Let her enter hours that nobody countersigns."""
        sheet = Sheet(self.practice.place, local_date(LATER), "Library", kind, 60, tuple(competencies))
        ana, key = actor_of(self.ana, at=LATER), new_client_id()
        return write(lambda s: fieldwork.enter(s, ana, sheet, client_id=key, at=LATER))

    def undo(self) -> service.Undone:
        """Take the assignment back."""
        return write(lambda s: service.undo_batch(s, self.boss, self.batch, at=AFTER + timedelta(days=1)))


@pytest.fixture
def story(make: Make) -> Story:
    """Return somebody who is asked."""
    return Story(make)


def test_who_did_nothing_leaves_the_track(story: Story) -> None:
    assert story.undo() == service.Undone(1, 1, 0)
    assert state_of(story.ana, "whole") == "withdrawn"


@pytest.mark.parametrize(
    "deed",
    ["lesson", "hours", "class", "closed", "sign-off", "elsewhere"],
)
def test_whatever_she_did_towards_it_she_has_begun(story: Story, deed: str) -> None:
    ana, classes, practice = story.ana, story.classes, story.practice
    if deed == "lesson":
        read_lesson(ana, "public-health", at=LATER)
    elif deed == "hours":
        story.enter("practicum", "chw-core/outreach")
    elif deed in {"class", "closed"}:
        group = classes.plan()
        classes.sign_up(group, ana)
        classes.mark(group, ana)
        if deed == "closed":
            classes.close(group)
    elif deed == "sign-off":
        practice.sign(ana, at=LATER)
    else:
        practice.recognize(ana, "outreach", local_date(AT) - timedelta(days=900), at=LATER)
    before = _kept(ana.person_id)
    assert story.undo() == service.Undone(1, 0, 0)
    assert state_of(ana, "whole") == "active"
    assert _kept(ana.person_id) == before, "only the asking is taken back"


def _kept(person_id: int) -> Any:
    found = credited_minutes(reading(), [person_id]), observed_since(reading(), {person_id: AT})
    reading().rollback()
    return found


def test_what_is_not_towards_it_or_was_taken_back_is_no_beginning(story: Story) -> None:
    story.enter("work-paid", "chw-core/outreach")
    story.enter("practicum")
    entry = story.enter("practicum", "chw-core/outreach")
    ana = actor_of(story.ana, at=LATER)
    write(lambda s: fieldwork.withdraw(s, ana, entry, seen="sent", at=LATER))
    story.practice.unsign(story.practice.sign(story.ana, at=LATER), at=LATER)
    group = story.classes.plan()
    story.classes.sign_up(group, story.ana)
    story.classes.mark(group, story.ana)
    story.classes.correct(group, story.ana, seen=1)
    assert story.undo().withdrawn == 1


def test_what_came_before_the_asking_is_no_beginning(make: Make) -> None:
    story = Story(make)
    since = {story.ana.person_id: LATER + timedelta(days=30)}
    story.enter("practicum", "chw-core/outreach")
    story.practice.sign(story.ana, at=LATER)
    story.practice.recognize(story.ana, "outreach", local_date(AT) - timedelta(days=900), at=LATER)
    assert service.begun_of(reading(), "whole", since) == set()
    assert practised_since(reading(), {}) == observed_since(reading(), {}) == set()


def test_the_page_says_who_has_begun_and_keeps_what_she_did(story: Story, make: Make, content_app: Flask) -> None:
    content_app.config["WTF_CSRF_ENABLED"] = False
    content_app.test_client_class = Browser
    browser = sign_in(content_app.test_client(), story.practice.boss)
    address = f"/team/assign/{story.batch}"
    assert "has begun, and stays on the track" not in text_of(browser.get(address))
    story.enter("practicum", "chw-core/outreach")
    page = text_of(browser.get(address))
    assert "1 person has begun, and stays on the track. Her lessons, hours, sessions, sign-offs" in page
    assert "Ana Story Has begun" in page
    done = text_of(browser.post(f"{address}/undo", follow_redirects=True))
    assert "Taken back for 1 person. 1 of them stays on the track" in done


def test_what_a_track_asks_for() -> None:
    asked = track(
        "a",
        hours=[{"kind": "practicum", "minutes": 60, "title": "P"}],
        sign_offs=[{"id": "seen", "title": "Seen", "checklist": "visit"}, {"id": "none", "title": "Later"}],
    )
    assert is_towards(WorkDone(1, module="a"), asked)
    assert is_towards(WorkDone(1, hours="practicum"), asked)
    assert is_towards(WorkDone(1, checklist="visit"), asked)
    for other in (WorkDone(1), WorkDone(1, module="b"), WorkDone(1, hours="class"), WorkDone(1, checklist="other")):
        assert not is_towards(other, asked)
