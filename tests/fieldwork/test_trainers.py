"""Trainers observe those who come to class, and are independent of those alone whom they never taught."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from lms.clock import local_date
from lms.db import reading, write
from lms.errors import NotFound
from lms.fieldwork import queries, service
from lms.fieldwork.models import GroupSession, Observation
from lms.fieldwork.policy import sign_offs as policy
from lms.fieldwork.queries import observing
from lms.fieldwork.queries import sign_offs as observations
from lms.ids import new_client_id
from lms.organizations.queries import spans_of
from lms.people.models import RoleGrant
from tests.conftest import Browser
from tests.factories import MadePerson, Make, day, sign_in
from tests.fieldwork.classes import AFTER, DAY, Classes
from tests.fieldwork.hours_story import AT, CHECKLIST, Team, levels, make_team, revision_id
from tests.organizations.conftest import actor_of, rows
from tests.tracks.test_views import text_of

LATER = AFTER + timedelta(days=2)


class Story:
    """A team, and two trainers of whom the first has taught Ana; Eve has a place in a class, and Luis none."""

    def __init__(self, make: Make) -> None:
        self.team, self.classes = make_team(make), Classes(make)
        self.taught, self.other = self.classes.trainer, make.person("Other Trainer", roles=("trainer",))
        self.ana, self.eve, self.luis = self.team.ana, make.person("Eve"), self.classes.luis
        self.held = self.classes.plan(self.taught)
        self.coming = self.classes.plan(self.taught, day=DAY + timedelta(days=7))
        self.classes.sign_up(self.coming, self.eve)
        self.classes.mark(self.held, self.ana)

    def sign(self, by: MadePerson, of: MadePerson, **more: Any) -> str:
        """Sign what a trainer saw, and return its public id."""
        at = more.pop("at", LATER)
        form = service.ObserveForm(CHECKLIST, revision_id(), 0, new_client_id())
        made = {"observed_on": local_date(at), "place": "Market", "language": "es", "with_interpreter": False}
        observed = service.Observed(**{**made, "levels": levels(), **more})
        actor = actor_of(by, "trainer", at=at)
        return write(lambda s: service.sign_observation(s, actor, of.person_id, form, observed, at=at))


@pytest.fixture
def story(make: Make, content_app: Flask) -> Story:
    content_app.config["WTF_CSRF_ENABLED"] = False
    content_app.test_client_class = Browser
    return Story(make)


def test_who_taught_a_worker_is_not_independent_of_her(story: Story) -> None:
    story.sign(story.taught, story.ana)
    story.sign(story.other, story.ana)
    assert rows(Observation.organization_id, Observation.is_independent) == [(None, False), (None, True)]
    assert [fact.is_independent for fact in queries.signed_off(reading(), [story.ana.person_id])] == [False, True]


def test_a_certifier_who_taught_her_is_not_independent_either(story: Story) -> None:
    certifier = story.team.certifier
    held = story.classes.plan(certifier)
    story.classes.mark(held, story.ana)
    story.team.sign(by=certifier, at=LATER)
    assert rows(Observation.is_independent) == [(False,)]


def test_a_class_after_it_or_one_that_she_missed_teaches_her_nothing(story: Story) -> None:
    assert not observing.has_taught(reading(), story.taught.person_id, story.ana.person_id, local_date(AT))
    assert not observing.has_taught(reading(), story.taught.person_id, story.eve.person_id, local_date(LATER))
    assert observing.has_taught(reading(), story.taught.person_id, story.ana.person_id, local_date(LATER))
    story.classes.correct(story.held, story.ana, seen=1)
    assert not observing.has_taught(reading(), story.taught.person_id, story.ana.person_id, local_date(LATER))


def test_a_trainer_observes_those_who_come_to_class(story: Story) -> None:
    story.sign(story.other, story.eve)
    for by, of in ((story.other, story.luis), (story.other, story.other), (story.team.stranger, story.ana)):
        with pytest.raises(NotFound):
            story.sign(by, of)
    story.classes.leave(story.coming, story.eve)
    with pytest.raises(NotFound):
        story.sign(story.other, story.eve)


@pytest.mark.parametrize("change", [{"state": "cancelled"}, {"day": local_date(LATER) - timedelta(days=366)}])
def test_a_class_long_ago_or_never_held_opens_nothing(story: Story, change: dict[str, Any]) -> None:
    write(lambda s: s.execute(update(GroupSession).values(change)) and None)
    with pytest.raises(NotFound):
        story.sign(story.other, story.ana)


def test_she_must_have_been_a_trainer_on_that_day_and_be_one_now(story: Story) -> None:
    write(lambda s: s.execute(update(RoleGrant).values(granted_at=LATER - timedelta(days=1))) and None)
    with pytest.raises(NotFound):
        story.sign(story.other, story.ana, observed_on=local_date(LATER) - timedelta(days=2))
    made = story.sign(story.other, story.ana, observed_on=local_date(LATER) - timedelta(days=1))
    actor = actor_of(story.other, "trainer", at=LATER)
    write(lambda s: s.execute(update(RoleGrant).values(ended_at=LATER)) and None)
    with pytest.raises(NotFound):
        story.sign(story.other, story.ana)
    with pytest.raises(NotFound):
        write(lambda s: service.withdraw_observation(s, actor, made, "Wrong.", at=LATER))


def test_a_trainer_sees_and_withdraws_what_she_signed_and_nothing_else(story: Story) -> None:
    own = story.sign(story.other, story.ana)
    story.team.sign(at=LATER)
    story.sign(story.taught, story.ana)
    actor = actor_of(story.other, "trainer", at=LATER)
    every = observations.list_observations(reading(), Observation.id > 0)
    spans = spans_of(reading(), [story.ana.person_id])[story.ana.person_id]
    seen = observations.list_observations(reading(), policy.visible_observations(actor))
    assert [row.public_id for row in seen] == [own]
    assert seen == [
        row
        for row in every
        if policy.can_see_observation(actor, spans, row.organization_id, row.observed_on, observed_by=row.observed_by)
    ]
    reading().rollback()
    write(lambda s: service.withdraw_observation(s, actor, own, "Wrong.", at=LATER))
    for row in every:
        if row.public_id != own:
            with pytest.raises(NotFound):
                write(lambda s, it=row.public_id: service.withdraw_observation(s, actor, it, "x", at=LATER))


def test_the_filter_of_people_says_what_the_check_says(story: Story) -> None:
    for who in (story.other, story.taught, story.team.stranger, story.ana):
        actor = actor_of(who, *(["trainer"] if who in (story.other, story.taught) else []), at=LATER)
        found = {row[0] for row in observing.find_people(reading(), policy.in_class_of(actor), "")}
        for person in (story.ana, story.eve, story.luis):
            listed = person.person_public_id in found
            assert observing.is_one_of(reading(), policy.in_class_of(actor), person.person_id) is listed
            opens = policy.can_open(actor, person.person_id, (), in_class=listed)
            assert opens is (listed and person is not who)
        assert bool(found) is actor.has("trainer")
        reading().rollback()


def test_the_pages_of_a_trainer(story: Story, content_app: Flask) -> None:
    write(lambda s: s.execute(update(GroupSession).values(day=day(-3))) and None)
    trainer = sign_in(content_app.test_client(), story.taught)
    assert "/team/sign-offs" in trainer.get("/sessions/plan").get_data(as_text=True)
    assert "Eve" in text_of(trainer.get("/team/sign-offs?q=ev"))
    assert "Nobody found" in text_of(trainer.get("/team/sign-offs?q=luis"))
    page = f"/team/people/{story.ana.person_public_id}/observe/{CHECKLIST}"
    assert "you have taught her" in text_of(trainer.get(page))
    other = sign_in(content_app.test_client(), story.other)
    assert "you have taught her" not in text_of(other.get(page))
    lines = {f"item-{item}": level for item, level in levels().items()}
    sent = {"client_id": new_client_id(), "observed_on": day(-1).isoformat(), "place": "Market", "language": "es"}
    answer = other.post(page, data={**sent, **lines, "saw": "y", "seen": "0", "revision": revision_id(), "do": "sign"})
    assert answer.status_code == 302
    assert "nor was one taught by the other" in text_of(other.get(answer.location))
    assert trainer.get(answer.location).status_code == 404
    assert "Observe: Observed in the field" in text_of(other.get(page.partition("/observe")[0] + "/sign-offs"))
    for person in (story.luis, story.other):
        path = f"/team/people/{person.person_public_id}/observe/{CHECKLIST}"
        assert other.get(path).status_code == 404
        assert other.post(path, data=sent).status_code == 404


def test_the_list_is_narrowed_and_turned_by_its_address(make: Make, content_app: Flask) -> None:
    team: Team = make_team(make)
    bea = make.person("Bea Ñuñez")
    make.employment(bea, team.place)
    for _ in range(51):
        team.sign(by=team.certifier)
    team.sign(by=team.certifier, of=bea, levels=levels(role="not-yet"))
    gone = team.sign(by=team.certifier, of=bea)
    actor = team.actor(team.certifier)
    write(lambda s: service.withdraw_observation(s, actor, gone, "Wrong.", at=AT))
    client = sign_in(content_app.test_client(), team.certifier)

    def names(query: str) -> list[int]:
        said = client.get(f"/team/sign-offs?{query}").get_data(as_text=True).partition('id="latest"')[2]
        return [said.count(">Ana</"), said.count("Bea Ñuñez</")]

    def total(query: str) -> int:
        return sum(names(query))

    assert (total(""), total("page=2"), total("page=9")) == (50, 3, 3)
    assert names("q=nunez") == [0, 2]
    assert names("state=not-yet") == [0, 1]
    assert names("state=withdrawn") == [0, 1]
    assert (total("state=good"), total("state=good&page=2"), total("state=ended")) == (50, 1, 0)
    assert (total(f"checklist={CHECKLIST}"), total("checklist=none"), total("state=odd")) == (50, 0, 50)
    assert "No sign-offs like these" in text_of(client.get("/team/sign-offs?checklist=none"))
    assert "state=good" in client.get("/team/sign-offs?state=good").get_data(as_text=True).partition('rel="next"')[2]
