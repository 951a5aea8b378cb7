"""Noting who looked at a worker's record, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.db import reading
from lms.home import queries, service
from tests.factories import Make
from tests.home.conftest import Story, instant
from tests.racing import look_together, race


def test_a_look_is_noted_once_a_day_for_each_reader(make: Make, story: Story) -> None:
    place, person = make.organization("Fale Ola"), make.person("Sina")
    readers = [make.supervisor(place, "Ana"), make.supervisor(place, "Bea")]
    first, second = (story.actor(reader) for reader in readers)

    def look(actor: object, at: object) -> bool:
        return story.run(lambda session: service.note_look(session, actor, person.person_id, place, at=at))

    noon = instant(-2)
    assert look(first, noon)
    assert not look(first, noon + timedelta(hours=11))  # 23:00 in Los Angeles
    assert look(second, noon + timedelta(hours=11))
    assert look(first, noon + timedelta(hours=13))
    looks = queries.list_looks(reading(), person.person_id)
    assert [(look.name, look.organization, look.at) for look in looks] == [
        ("Ana", "Fale Ola", noon + timedelta(hours=13)),
        ("Bea", "Fale Ola", noon + timedelta(hours=11)),
        ("Ana", "Fale Ola", noon),
    ]
    assert queries.list_looks(reading(), readers[0].person_id) == []


def test_two_windows_at_the_same_moment_note_one_look(
    content_app: Flask, make: Make, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, person = make.organization("Fale Ola"), make.person("Sina")
    reader = story.actor(make.supervisor(place, "Ana"))
    open_page = lambda: story.run(lambda s: service.note_look(s, reader, person.person_id, place, at=instant(-2)))  # noqa: E731
    look_together(monkeypatch, (queries, "has_looked"))
    assert sorted(race(content_app, open_page, open_page), key=str) == [False, True]
    assert len(queries.list_looks(reading(), person.person_id)) == 1


def test_another_event_about_her_is_not_a_look(make: Make, story: Story) -> None:
    person = make.person()
    story.finish_first(person)
    assert queries.list_looks(reading(), person.person_id) == []
