"""Reads of training from elsewhere: what reviewers may see, what counts, what she takes along."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from lms.actor import Actor
from lms.db import reading, write
from lms.errors import NotFound
from lms.home.queries import read_export
from lms.organizations.models import EmploymentTerms
from lms.training import policy, queries, service
from tests.conftest import AT
from tests.factories import day
from tests.organizations.conftest import TODAY, actor_of
from tests.training.conftest import ASK, HOURS, MODULE, Scene, told


def ids(rows: list[queries.TrainingRow]) -> set[str]:
    """Return the public ids of rows."""
    return {row.public_id for row in rows}


def test_the_filter_says_what_the_check_says(scene: Scene) -> None:
    draft, sent, gone = scene.add(), scene.send(), scene.add()
    write(lambda s: service.withdraw(s, scene.actor, gone, at=AT))
    own = scene.add(by=scene.judge(0), person=scene.reviewers[1])
    write(lambda s: service.send(s, scene.judge(0), own, at=AT))
    every = [draft, sent, gone, own]
    actors: list[Actor] = [scene.judge(0), scene.judge(1), scene.chief, scene.actor]
    seen = 0
    for actor in actors:
        for public_id in every:
            may = policy.can_review(actor, scene.row(public_id).ties)
            seen += may
            if may:
                assert queries.get_reviewable(reading(), actor, public_id).public_id == public_id
            else:
                with pytest.raises(NotFound):
                    queries.get_reviewable(reading(), actor, public_id)
    assert seen == 3
    assert ids(queries.list_queue(reading(), scene.judge(0), "open")) == {sent, own}
    assert ids(queries.list_queue(reading(), scene.judge(1), "open")) == {sent}
    assert queries.list_queue(reading(), scene.chief, "open") == []


def test_the_queue_begins_with_what_waits_longest(scene: Scene) -> None:
    first, second = scene.send(), scene.send()
    scene.say(0, second, ASK)
    scene.say(0, first)
    judge = scene.judge(1)
    row = scene.row(first)
    assert queries.count_queue(reading(), judge) == {"waiting": 1, "asked": 1, "open": 1}
    assert queries.count_queue(reading(), judge, [scene.stranger.person_id]) == {"open": 0}
    assert queries.first_accepts(reading(), [row]) == {row.training_id: {scene.reviewers[0].account_id}}
    assert queries.find_next(reading(), judge, row) is None
    scene.reply(second)
    assert queries.find_next(reading(), judge, scene.row(first)) == second
    scene.say(1, first, ASK)
    scene.reply(first)
    assert queries.first_accepts(reading(), [scene.row(first)]) == {}, "a yes before her answer is no yes to it"


def test_a_supervising_provider_is_that_of_the_day(scene: Scene) -> None:
    later = scene.make.organization()
    terms = {"employment_id": scene.employment, "title": "Lead", "kind": "employee"}
    write(lambda s: s.add(EmploymentTerms(**terms, since=day(5), supervising_provider_id=later)))
    person = scene.worker.person_id
    assert queries.providers_of(reading(), [person], day()) == {person: frozenset({scene.place})}
    assert queries.providers_of(reading(), [person], day(5)) == {person: frozenset({later})}
    write(lambda s: s.execute(update(EmploymentTerms).values(supervising_provider_id=None)) and None)
    assert queries.providers_of(reading(), [person], day()) == {}


def test_what_waits_for_a_provider_ends_with_it_and_what_was_accepted_stays(scene: Scene) -> None:
    waiting, accepted = scene.add(), scene.add(told("Accepted"))
    scene.share(waiting)
    share = scene.share(accepted)
    write(lambda s: service.settle_share(s, scene.chief, share, minutes=60, at=AT))
    assert [each.outcome for each in queries.list_shared_with(reading(), scene.chief, TODAY)] == [None, "accepted"]
    scene.name_provider(None)
    reading().rollback()
    assert [each.outcome for each in queries.list_shared_with(reading(), scene.chief, TODAY)] == ["accepted"]
    assert queries.list_shared_with(reading(), actor_of(scene.stranger), TODAY) == []


def test_after_she_left_an_organization_sees_what_it_entered_in_her_time(scene: Scene) -> None:
    entered = scene.add(by=scene.chief)
    colleague = actor_of(scene.make.supervisor(scene.place))
    spans = actor_of(scene.worker).employments
    ties = scene.row(entered).ties
    assert policy.can_oversee(colleague, ties, spans)
    assert not policy.can_change(colleague, ties, spans), "who entered it goes on with it"
    assert not policy.can_oversee(scene.actor, ties, spans), "her own page is another"
    assert not policy.can_oversee(colleague, scene.row(scene.add()).ties, spans)


def test_precedents_are_counted_by_what_they_count_as(scene: Scene) -> None:
    assert queries.list_precedents(reading(), told().alike_key, 0) == []
    scene.recognized()
    scene.recognized()
    scene.recognized(MODULE)
    found = queries.list_precedents(reading(), told("chw  course").alike_key, 0)
    counted = {(each.worth.minutes, each.worth.module_key): each.people for each in found}
    assert counted == {(2400, None): 1, (0, "outreach"): 1}, "people are counted, not entries"


def test_she_takes_all_of_it_along(scene: Scene) -> None:
    public_id = scene.add()
    scene.add_file(public_id, "photo.jpg")
    scene.share(public_id)
    write(lambda s: service.send(s, scene.actor, public_id, at=AT))
    scene.say(0, public_id, ASK)
    scene.reply(public_id)
    scene.say(0, public_id)
    scene.say(1, public_id)
    request = write(lambda s: service.request_withdrawal(s, scene.judge(0), public_id, "duplicate", "", at=AT))
    write(lambda s: service.settle_withdrawal(s, scene.judge(1), request, confirm=True, at=AT))
    reading().rollback()
    found = read_export(reading(), scene.worker.person_id)
    assert [row["title"] for row in found["earlier_trainings"]] == ["CHW course"]
    assert [(row["name"], row["sha256"]) for row in found["training_files"]] == [("photo.jpg", "a" * 64)]
    assert [row["organization"] for row in found["training_shares"]] == ["Fale Ola"]
    assert [row["outcome"] for row in found["training_reviews"]] == ["ask", "accept", "accept"]
    assert [row["text"] for row in found["training_replies"]] == ["It was 40 hours."]
    assert [row["minutes"] for row in found["recognitions"]] == [HOURS.minutes]
    assert [row["confirmed"] for row in found["recognition_withdrawals"]] == [True]
    hers = read_export(reading(), scene.stranger.person_id)
    assert not any(rows for name, rows in hers.items() if name.startswith(("training", "recogn", "earlier")))
