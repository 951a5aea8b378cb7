"""Changes to earlier training: telling, proving, sending, judging, taking back, yearly hours, and many at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from lms.actor import Actor
from lms.db import reading, write
from lms.errors import BadInput, NotFound, RuleBroken
from lms.ids import new_client_id
from lms.organizations.models import Employment, Supervision
from lms.people.models import Contact
from lms.training import queries, service
from lms.training.events import TrainingJudged, TrainingRecognized, TrainingShared
from lms.training.models import (
    EarlierTraining,
    Recognition,
    RecognitionWithdrawal,
    TrainingFile,
    TrainingImport,
    TrainingReply,
    TrainingReview,
    TrainingShare,
)
from lms.training.rules import Recognized, Verdict, telling
from lms.training.rules.tables import fault
from lms.training.service import Brought, Decider
from lms.training.service import importing as importing_service
from lms.training.service import reviewing as reviewing_service
from lms.training.service import sharing as sharing_service
from lms.training.service import telling as telling_service
from tests.conftest import AT
from tests.factories import Make
from tests.organizations.conftest import TODAY, actions, actor_of, rows
from tests.racing import act_during, outcomes, race
from tests.training.conftest import ASK, HOURS, LEARNED, MODULE, REFUSE, Scene, told
from tests.training.test_rules import table


def refused(act: Any) -> str:
    """Return the code of the rule that refuses a change."""
    with pytest.raises(RuleBroken) as caught:
        act()
    return caught.value.code


def missing(act: Any) -> None:
    """Expect that a change finds nothing."""
    with pytest.raises(NotFound):
        act()


# Telling


def test_she_tells_it_once_however_often_she_taps(scene: Scene) -> None:
    actor, person, key = scene.actor, scene.worker.person_id, new_client_id()

    def add(what: Any = None) -> str:
        return write(lambda s: service.add(s, actor, person, what or told(), client_id=key, at=AT))

    first = add()
    assert add() == first
    assert refused(lambda: add(told("Something else"))) == "sent_before"
    assert rows(EarlierTraining.title, EarlierTraining.state, EarlierTraining.hours_kind) == [
        ("CHW course", "draft", "class")
    ]
    row = scene.row(first)
    assert (row.organization_id, row.entered_by, row.recorded_on) == (None, scene.worker.account_id, TODAY)
    assert actions() == ["training.told"]


def test_what_cannot_be_true_is_not_written(scene: Scene) -> None:
    assert refused(lambda: scene.add(told(learned_on=TODAY + timedelta(days=1)))) == "day_to_come"
    assert rows(EarlierTraining.id) == []


def test_only_so_many_are_kept_and_made_in_a_day(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "MOST_A_DAY", 2)
    one = scene.add()
    scene.add()
    assert refused(scene.add) == "too_many_entries"
    monkeypatch.setattr(telling, "MOST_A_DAY", 9)
    monkeypatch.setattr(telling, "MOST_OF_ONE_PERSON", 2)
    assert refused(scene.add) == "entries_full"
    write(lambda s: service.withdraw(s, scene.actor, one, at=AT))
    scene.add()


def test_staff_enter_it_for_those_whom_they_supervise(scene: Scene) -> None:
    public_id = scene.add(by=scene.chief)
    assert scene.row(public_id).organization_id == scene.place
    for by in (actor_of(scene.stranger), scene.judge(0), actor_of(scene.make.person(roles=("administrator",)))):
        if by.has("certifier", "administrator"):
            assert scene.row(scene.add(by=by)).organization_id is None
        else:
            missing(lambda by=by: scene.add(by=by))
    elsewhere = actor_of(scene.make.supervisor(scene.make.organization()))
    missing(lambda: scene.add(by=elsewhere))
    stale = scene.chief
    write(lambda s: s.execute(update(Supervision).values(ended_on=TODAY - timedelta(days=1))) and None)
    missing(lambda: scene.add(by=stale))
    missing(lambda: write(lambda s: service.send(s, stale, public_id, at=AT)))


def test_what_was_not_sent_can_be_told_anew(scene: Scene) -> None:
    public_id = scene.add()

    def change(by: Actor, title: str = "Better words") -> None:
        write(lambda s: service.change(s, by, public_id, told(title), at=AT))

    change(scene.actor)
    assert scene.row(public_id).told.title == "Better words"
    for by in (scene.chief, scene.judge(0), actor_of(scene.stranger)):
        missing(lambda by=by: change(by))
    assert refused(lambda: change(scene.actor, "")) == "title_empty"
    scene.share(public_id)
    assert refused(lambda: change(scene.actor)) == "sent_already"
    other = scene.send()
    assert refused(lambda: write(lambda s: service.change(s, scene.actor, other, told(), at=AT))) == "sent_already"
    missing(lambda: write(lambda s: service.change(s, scene.actor, "0" * 20, told(), at=AT)))


# Files


def test_a_file_is_named_once_and_can_be_taken_away(scene: Scene) -> None:
    public_id = scene.add()
    scene.add_file(public_id)
    scene.add_file(public_id)
    (file,) = queries.list_files(reading(), scene.row(public_id).training_id)
    assert (file.name, file.size, file.is_image) == ("a.jpg", 1, True)

    def remove(file_id: str = file.public_id) -> None:
        write(lambda s: service.remove_file(s, scene.actor, public_id, file_id, at=AT))

    remove()
    remove()
    missing(lambda: queries.get_file(reading(), file.public_id))
    assert queries.list_files(reading(), scene.row(public_id).training_id) == []
    scene.add_file(public_id)
    assert len(rows(TrainingFile.id)) == 1
    missing(lambda: remove("0" * 20))
    write(lambda s: service.send(s, scene.actor, public_id, at=AT))
    assert refused(remove) == "sent_already"
    assert refused(lambda: scene.add_file(public_id, sha="b" * 64)) == "files_not_now"
    assert queries.get_file(reading(), file.public_id)[1].sha256 == "a" * 64
    expected = ["training.told", "training.file_added", "training.file_removed", "training.file_added", "training.sent"]
    assert actions() == expected


def test_files_are_limited(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    public_id, other = scene.add(), scene.add()
    for number in range(5):
        scene.add_file(public_id, sha=f"{number}" * 64)
    assert refused(lambda: scene.add_file(public_id)) == "files_full"
    monkeypatch.setattr(telling, "MOST_FILES_AN_HOUR", 5)
    assert refused(lambda: scene.add_file(other)) == "too_many_files"
    assert refused(lambda: service.check_upload(reading(), scene.actor, other, at=AT)) == "too_many_files"
    service.check_upload(reading(), scene.actor, other, at=AT + timedelta(hours=2))
    missing(lambda: service.check_upload(reading(), actor_of(scene.stranger), other, at=AT))
    missing(lambda: scene.add_file(other, by=actor_of(scene.stranger)))


# Judging


def test_two_reviewers_recognize_it(scene: Scene) -> None:
    public_id = scene.send()
    assert scene.say(0, public_id) == "waiting"
    assert queries.recognized(reading(), None) == []
    assert scene.say(1, public_id) == "recognized"
    reading().rollback()
    assert queries.recognized(reading(), [scene.worker.person_id]) == [
        Recognized(scene.worker.person_id, public_id, None, "class", 2400, HOURS.competencies, LEARNED, TODAY, AT)
    ]
    assert queries.recognized(reading(), [scene.stranger.person_id]) == []
    ((first, second),) = rows(Recognition.first_by, Recognition.second_by)
    assert [first, second] == [each.account_id for each in scene.reviewers[:2]]
    assert scene.heard == [
        TrainingJudged(scene.worker.person_id, public_id, "recognized", None, AT),
        TrainingRecognized((scene.worker.person_id,), AT),
    ]
    assert refused(lambda: scene.say(2, public_id)) == "already_recognized"
    said = queries.list_said(reading(), scene.row(public_id).training_id)
    assert [each.kind for each in said] == ["accept", "accept", "recognized"]


def test_the_two_must_say_the_same(scene: Scene) -> None:
    public_id = scene.send()
    scene.say(0, public_id)
    assert scene.say(1, public_id, MODULE) == "waiting"
    assert scene.say(1, public_id, replace(HOURS, minutes=60)) == "waiting"
    assert refused(lambda: scene.say(0, public_id)) == "second_person_needed"
    assert scene.say(2, public_id, replace(HOURS, minutes=60)) == "recognized"
    assert [each.minutes for each in queries.recognized(reading(), None)] == [60]


def test_nobody_reviews_her_own_or_what_she_entered(scene: Scene) -> None:
    own = scene.reviewers[0]
    mine = scene.add(by=scene.judge(0), person=own)
    write(lambda s: service.send(s, scene.judge(0), mine, at=AT))
    missing(lambda: scene.say(0, mine))
    entered = scene.add(by=scene.judge(0))
    missing(lambda: scene.say(1, entered))  # not sent yet
    write(lambda s: service.send(s, scene.judge(0), entered, at=AT))
    assert refused(lambda: scene.say(0, entered)) == "another_reviewer"
    assert [scene.say(1, entered), scene.say(2, entered)] == ["waiting", "recognized"]
    missing(lambda: write(lambda s: service.review(s, scene.actor, entered, ASK, shown_round=1, client_id="", at=AT)))


def test_the_same_form_counts_once(scene: Scene) -> None:
    public_id, key, judge = scene.send(), new_client_id(), scene.judge(0)

    def say(verdict: Verdict) -> str:
        return write(lambda s: service.review(s, judge, public_id, verdict, shown_round=1, client_id=key, at=AT))

    assert say(ASK) == say(ASK) == "asked"
    assert refused(lambda: say(REFUSE)) == "sent_before"
    assert refused(lambda: scene.say(1, public_id)) == "waits_for_worker"
    assert len(rows(TrainingReview.id)) == 1
    assert scene.heard == [TrainingJudged(scene.worker.person_id, public_id, "ask", "hours-unclear", AT)]


def test_an_answer_begins_a_new_round(scene: Scene) -> None:
    public_id = scene.send()
    scene.say(0, public_id)
    scene.say(1, public_id, ASK)
    scene.add_file(public_id)
    key = new_client_id()
    assert scene.reply(public_id, key=key) == scene.reply(public_id, key=key) == "waiting"
    assert refused(lambda: scene.reply(public_id, "Other words", key=key)) == "sent_before"
    assert refused(lambda: scene.reply(public_id)) == "nothing_to_answer"
    assert refused(lambda: scene.reply(public_id, " ")) == "answer_empty"
    assert refused(lambda: scene.say(1, public_id, round_=1)) == "changed_meanwhile"
    assert scene.say(1, public_id) == "waiting", "the first yes was said before the answer"
    assert scene.say(0, public_id) == "recognized"
    assert len(rows(TrainingReply.id)) == 1
    missing(lambda: write(lambda s: service.reply(
        s, actor_of(scene.stranger), public_id, "x", is_appeal=False, client_id=key, at=AT
    )))  # fmt: skip


def test_a_refusal_is_appealed_once_and_decided_by_others(scene: Scene) -> None:
    public_id = scene.send()
    assert scene.say(0, public_id, REFUSE) == "refused"
    assert scene.reply(public_id, "It was outreach.", appeal=True) == "appealed"
    assert refused(lambda: scene.say(0, public_id)) == "another_reviewer"
    assert scene.say(1, public_id, ASK) == "asked"
    assert scene.reply(public_id, "Once more.") == "appealed"
    assert scene.say(1, public_id, REFUSE) == "refused"
    assert refused(lambda: scene.reply(public_id, "Again.", appeal=True)) == "already_appealed"
    said = queries.list_said(reading(), scene.row(public_id).training_id)
    assert queries.said_no(said) == {each.account_id for each in scene.reviewers[:2]}


def test_she_withdraws_it_unless_it_counts(scene: Scene) -> None:
    public_id = scene.send()
    share = scene.share(public_id)
    for _ in range(2):
        write(lambda s: service.withdraw(s, scene.actor, public_id, at=AT))
    assert scene.row(public_id).state == "withdrawn"
    assert scene.shares(public_id)[0].outcome == "withdrawn"
    assert refused(lambda: write(lambda s: service.send(s, scene.actor, public_id, at=AT))) == "withdrawn_by_her"
    assert refused(lambda: scene.share(public_id)) == "withdrawn_by_her"
    assert refused(lambda: scene.say(0, public_id)) == "withdrawn_by_her"
    settle = lambda s: service.settle_share(s, scene.chief, share, minutes=60, at=AT)  # noqa: E731
    assert refused(lambda: write(settle)) == "withdrawn_by_her"
    counted = scene.recognized()
    assert refused(lambda: write(lambda s: service.withdraw(s, scene.actor, counted, at=AT))) == "recognized_stays"
    again = scene.send()
    write(lambda s: service.send(s, scene.actor, again, at=AT))
    assert scene.row(again).round == 1


# Taking back


def test_a_recognition_is_taken_back_by_two(scene: Scene) -> None:
    public_id = scene.recognized()

    def ask(number: int, reason: str = "proof-false", note: str = "") -> str:
        judge = scene.judge(number)
        return write(lambda s: service.request_withdrawal(s, judge, public_id, reason, note, at=AT))

    def settle(number: int, request: str, *, confirm: bool = True) -> None:
        judge = scene.judge(number)
        write(lambda s: service.settle_withdrawal(s, judge, request, confirm=confirm, at=AT))

    assert refused(lambda: ask(0, "unknown")) == "reason_needed"
    request = ask(0)
    assert ask(0) == request
    assert refused(lambda: ask(1)) == "another_request_waits"
    assert [each.public_id for each in queries.list_withdrawals(reading(), scene.judge(1))] == [request]
    assert queries.list_withdrawals(reading(), scene.actor) == []
    assert refused(lambda: settle(0, request)) == "second_person_needed"
    settle(1, request, confirm=False)
    reading().rollback()
    assert len(queries.recognized(reading(), None)) == 1
    second = ask(2, "other", "It is not hers")
    settle(1, second)
    settle(1, second)
    assert scene.row(public_id).state == "revoked"
    assert queries.recognized(reading(), None) == []
    assert refused(lambda: ask(0)) == "nothing_recognized"
    assert scene.heard[-1] == TrainingJudged(scene.worker.person_id, public_id, "revoked", "other", AT)
    assert scene.reply(public_id, "It is mine.", appeal=True) == "appealed"
    for number in (1, 2):
        assert refused(lambda number=number: scene.say(number, public_id)) == "another_reviewer"
    missing(lambda: settle(0, "0" * 20))
    missing(lambda: write(lambda s: service.request_withdrawal(s, scene.chief, public_id, "other", "x", at=AT)))
    missing(lambda: write(lambda s: service.settle_withdrawal(s, scene.chief, second, confirm=True, at=AT)))
    said = queries.list_said(reading(), scene.row(public_id).training_id)
    assert [each.kind for each in said].count("revoked") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE training_reviews SET outcome = 'ask'",
        "DELETE FROM training_reviews",
        "DELETE FROM recognitions",
        "UPDATE recognitions SET minutes = 1",
        "UPDATE recognitions SET withdrawn_at = NULL WHERE withdrawn_at IS NOT NULL",
    ],
)
def test_what_was_said_stays(scene: Scene, statement: str) -> None:
    public_id = scene.recognized()
    request = write(lambda s: service.request_withdrawal(s, scene.judge(0), public_id, "duplicate", "", at=AT))
    write(lambda s: service.settle_withdrawal(s, scene.judge(1), request, confirm=True, at=AT))
    with pytest.raises(DBAPIError, match="never changed"):
        write(lambda s: s.execute(text(statement)) and None)


# Yearly hours


def test_her_supervising_provider_alone_accepts_it_for_yearly_hours(scene: Scene) -> None:
    public_id = scene.add()
    share = scene.share(public_id)
    assert scene.share(public_id) == share

    def settle(by: Actor, **values: Any) -> None:
        write(lambda s: service.settle_share(s, by, share, at=AT, **values))

    other = actor_of(scene.make.supervisor(scene.make.organization()))
    for by in (other, scene.actor, scene.judge(0)):
        missing(lambda by=by: settle(by, minutes=60))
    assert refused(lambda: settle(scene.chief, minutes=2401)) == "more_than_told"
    assert refused(lambda: settle(scene.chief, reason_code="unknown")) == "reason_needed"
    settle(scene.chief, minutes=120)
    settle(scene.chief, minutes=120)
    assert refused(lambda: settle(scene.chief, minutes=60)) == "settled_already"
    assert scene.share(public_id) == share, "it was accepted: nothing more is asked"
    reading().rollback()
    assert queries.recognized(reading(), None) == []
    assert [(each.outcome, each.minutes, each.settled_on) for each in scene.shares(public_id)] == [
        ("accepted", 120, TODAY)
    ]
    person = scene.worker.person_id
    assert scene.heard == [
        TrainingShared(person, public_id, scene.place, AT),
        TrainingJudged(person, public_id, "accepted", None, AT),
    ]
    assert refused(lambda: write(lambda s: service.withdraw(s, scene.actor, public_id, at=AT))) == "accepted_stays"
    assert refused(lambda: write(lambda s: service.unshare(s, scene.actor, share, at=AT))) == "settled_already"
    missing(lambda: settle(scene.chief, minutes=120) if scene.name_provider(None) is None else None)


def test_it_is_declined_with_a_reason_and_can_be_asked_again(scene: Scene) -> None:
    public_id = scene.add()
    first = scene.share(public_id)
    write(lambda s: service.settle_share(s, scene.chief, first, reason_code="another-year", at=AT))
    second = scene.share(public_id)
    assert second != first
    for _ in range(2):
        write(lambda s: service.unshare(s, scene.actor, second, at=AT))
    assert [each.outcome for each in scene.shares(public_id)] == ["declined", "withdrawn"]
    missing(lambda: write(lambda s: service.unshare(s, actor_of(scene.stranger), second, at=AT)))
    missing(lambda: write(lambda s: service.unshare(s, scene.actor, "0" * 20, at=AT)))


def test_only_her_supervising_provider_can_be_asked(scene: Scene) -> None:
    public_id, unknown = scene.add(), scene.add(told(minutes=None))
    assert refused(lambda: scene.share(unknown)) == "hours_needed"
    other = scene.make.organization()
    missing(lambda: write(lambda s: service.share(s, scene.actor, public_id, other, at=AT)))
    entered = scene.add(by=scene.judge(0))
    missing(lambda: write(lambda s: service.share(s, scene.judge(0), entered, scene.place, at=AT)))
    by_chief = scene.add(by=scene.chief)
    write(lambda s: service.share(s, scene.chief, by_chief, scene.place, at=AT))
    write(lambda s: s.execute(update(Employment).values(ended_on=TODAY - timedelta(days=1))) and None)
    missing(lambda: scene.share(public_id))


def test_nobody_accepts_her_own_yearly_hours(scene: Scene) -> None:
    boss = scene.boss
    write(lambda s: s.execute(text(f"UPDATE employment_terms SET supervising_provider_id = {scene.place}")) and None)
    public_id = scene.add(by=scene.chief, person=boss)
    write(lambda s: service.share(s, scene.chief, public_id, scene.place, at=AT))
    (share,) = scene.shares(public_id)
    missing(lambda: write(lambda s: service.settle_share(s, scene.chief, share.public_id, minutes=60, at=AT)))


# Many at once


def bring(scene: Scene, *changes: dict[str, str]) -> Brought:
    """Return a table whose rows are about the worker unless they say otherwise."""
    wanted, problems = table(*({"email": scene.worker.email, "hours": "2", **each} for each in changes))
    return Brought("old.csv", wanted, [fault(9, "title_empty", column="title") for _ in problems])


def deciders(scene: Scene) -> tuple[Decider, Decider]:
    """Return two reviewers as those who decide."""
    first, second = (Decider(each.account_id, each.person_id) for each in scene.reviewers[:2])
    return first, second


def test_earlier_records_come_once(scene: Scene) -> None:
    brought = bring(scene, {}, {"module": "Health 101"}, {"recognized_by": "The consortium", "module": "outreach"})
    brought = replace(brought, wanted=[*brought.wanted[:2], replace(brought.wanted[2], key="c")])
    looked = service.preview_import(reading(), brought, deciders(scene))
    assert (looked.created, looked.recognized, looked.unchanged, looked.problems) == (2, 1, 1, ())
    assert rows(EarlierTraining.id) == []
    done = write(lambda s: service.import_rows(s, brought, deciders=deciders(scene), at=AT))
    assert replace(done, import_id=None) == looked
    again = write(lambda s: service.import_rows(s, brought, deciders=deciders(scene), at=AT))
    assert (again.created, again.unchanged) == (0, 3)
    assert [state for (state,) in rows(EarlierTraining.state)] == ["waiting", "recognized"]
    assert rows(TrainingImport.name, TrainingImport.created, TrainingImport.recognized) == [("old.csv", 2, 1)]
    assert [each.module_key for each in queries.recognized(reading(), None)] == ["outreach"]
    assert [note for (note,) in rows(TrainingReview.note)] == ["The consortium"] * 2
    assert scene.heard == [TrainingRecognized((scene.worker.person_id,), AT)]
    assert actions() == ["training.imported"]


def test_without_two_deciders_all_rows_wait(scene: Scene) -> None:
    brought = bring(scene, {"recognized_by": "X", "module": "outreach"})
    write(lambda s: service.import_rows(s, brought, at=AT))
    assert rows(EarlierTraining.state) == [("waiting",)]
    (public_id,) = [each.public_id for each in queries.list_queue(reading(), scene.judge(0), "open")]
    assert scene.say(0, public_id, MODULE) == "waiting"


def test_a_faulty_row_refuses_the_table_or_itself(scene: Scene) -> None:
    brought = bring(scene, {}, {"email": "nobody@x.example"}, {"title": ""})
    with pytest.raises(BadInput) as caught:
        write(lambda s: service.import_rows(s, brought, at=AT))
    assert len(caught.value.problems) == 2
    assert rows(EarlierTraining.id) == rows(TrainingImport.id) == []
    done = write(lambda s: service.import_rows(s, brought, valid_only=True, at=AT))
    assert (done.created, len(done.problems)) == (1, 2)


def test_people_are_found_by_what_they_have_proven(scene: Scene) -> None:
    email = scene.worker.email
    claim = {"person_id": scene.stranger.person_id, "kind": "email", "value": email, "added_at": AT}
    write(lambda s: s.add(Contact(**claim)))
    write(lambda s: s.add(Contact(person_id=scene.worker.person_id, kind="phone", value="+12135550142", added_at=AT)))
    wanted = [("email", email), ("phone", "+12135550142"), ("person", scene.stranger.person_public_id)]
    assert queries.list_named(reading(), [*wanted, ("email", "no@x.example")]) == {
        wanted[0]: [scene.worker.person_id],
        wanted[1]: [scene.worker.person_id],
        wanted[2]: [scene.stranger.person_id],
    }


# At the same moment


def test_two_reviewers_at_once_make_one_recognition(
    scene: Scene, content_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = scene.send()
    came = act_during(
        content_app,
        monkeypatch,
        (reviewing_service.queries, "list_said"),
        lambda: scene.say(0, public_id, round_=1),
        lambda: scene.say(1, public_id, round_=1),
    )
    assert sorted(map(str, came)) == ["recognized", "waiting"]
    assert len(rows(Recognition.id)) == 1
    assert scene.row(public_id).state == "recognized"


def test_a_yes_and_a_no_at_once_are_not_a_recognition(
    scene: Scene, content_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = scene.send()
    scene.say(2, public_id)
    came = act_during(
        content_app,
        monkeypatch,
        (reviewing_service.queries, "list_said"),
        lambda: scene.say(0, public_id, REFUSE, round_=1),
        lambda: scene.say(1, public_id, round_=1),
    )
    assert outcomes(came) == ["done", "waits_for_worker"]
    assert rows(Recognition.id) == []


def test_she_withdraws_while_it_is_recognized(
    scene: Scene, content_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = scene.send()
    scene.say(0, public_id)
    came = act_during(
        content_app,
        monkeypatch,
        (reviewing_service.queries, "list_said"),
        lambda: scene.say(1, public_id, round_=1),
        lambda: write(lambda s: service.withdraw(s, scene.actor, public_id, at=AT)),
    )
    assert outcomes(came) == ["done", "recognized_stays"]
    assert scene.row(public_id).state == "recognized"
    assert len(rows(Recognition.id)) == 1


def test_the_same_form_twice_at_once_tells_it_once(
    scene: Scene, content_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, person, key = scene.actor, scene.worker.person_id, new_client_id()

    def add() -> str:
        return write(lambda s: service.add(s, actor, person, told(), client_id=key, at=AT))

    came = act_during(content_app, monkeypatch, (telling_service.queries, "find_sent_before"), add, add)
    assert came[0] == came[1]
    assert len(rows(EarlierTraining.id)) == 1


def test_two_providers_supervisors_at_once_decide_once(
    scene: Scene, content_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = scene.share(scene.add())
    second = actor_of(scene.make.supervisor(scene.place))
    chief = scene.chief
    came = act_during(
        content_app,
        monkeypatch,
        (sharing_service.queries, "providers_of"),
        lambda: write(lambda s: service.settle_share(s, chief, share, minutes=60, at=AT)),
        lambda: write(lambda s: service.settle_share(s, second, share, reason_code="not-related", at=AT)),
    )
    assert outcomes(came) == ["done", "settled_already"]
    assert len(rows(TrainingShare.id)) == 1


def test_the_same_table_from_two_processes_is_written_once(
    scene: Scene, content_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought = bring(scene, {}, {"reference": "B", "recognized_by": "X", "module": "outreach"})
    both = deciders(scene)

    def act() -> Any:
        return write(lambda s: service.import_rows(s, brought, deciders=both, at=AT)).created

    came = act_during(content_app, monkeypatch, (importing_service.queries, "list_imported"), act, act)
    assert came == [2, 0]
    assert len(rows(EarlierTraining.id)) == 2
    assert len(rows(Recognition.id)) == len(rows(TrainingImport.id)) == 1


def test_two_requests_to_take_back_at_once_are_one(scene: Scene, content_app: Flask) -> None:
    public_id = scene.recognized()
    first, second = scene.judge(0), scene.judge(1)
    came = race(
        content_app,
        *(
            lambda by=by: write(lambda s: service.request_withdrawal(s, by, public_id, "duplicate", "", at=AT))
            for by in (first, second)
        ),
    )
    assert outcomes(came) == ["another_request_waits", "done"]
    assert len(rows(RecognitionWithdrawal.id)) == 1


def test_so_many_at_once_and_no_more(
    scene: Scene, content_app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "MOST_OF_ONE_PERSON", 1)
    came = act_during(content_app, monkeypatch, (telling_service.queries, "count_entries"), scene.add, scene.add)
    assert len([each for each in came if isinstance(each, str)]) == 1
    assert outcomes(came) == ["done", "entries_full"]
