"""Tables of earlier training that are brought on a page: kept, recorded part by part, once however often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update

from lms.actor import Actor
from lms.db import db, reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.people.models import Account, RoleGrant
from lms.training import jobs, queries, service
from lms.training.models import EarlierTraining, TrainingImport, TrainingImportRow
from lms.training.rules import tables
from lms.training.service import applying
from tests.conftest import AT
from tests.organizations.conftest import actions, actor_of, rows
from tests.racing import act_during
from tests.training.conftest import Scene

HEAD = "email,title,issuer,learned_on,reference\n"


def lines(scene: Scene, *titles: str, email: str = "") -> str:
    """Return rows of one course each, of the worker unless another address is given."""
    return "".join(f"{email or scene.worker.email},{title},School,2020-01-02,\n" for title in titles)


def bring(scene: Scene, text: str, *, by: Actor | None = None, key: str = "") -> str:
    """Bring a table and return its public id."""
    actor, client_id = by or scene.judge(0), key or new_client_id()
    judged = service.judge_table(reading(), tables.read_records((HEAD + text).encode()), at=AT)
    reading().rollback()
    return write(lambda s: service.keep_table(s, actor, "old.csv", judged, client_id=client_id, at=AT))


def begin(scene: Scene, public_id: str, *, valid_only: bool = True, by: Actor | None = None) -> None:
    """Let a table be recorded."""
    actor = by or scene.judge(0)
    write(lambda s: service.begin_table(s, actor, public_id, valid_only=valid_only, at=AT))


def counts(public_id: str) -> dict[str, int]:
    """Return how many rows there are of each outcome."""
    reading().rollback()
    return queries.count_lines(reading(), queries.get_import(reading(), public_id).id)


def staged(public_id: str) -> Sequence[queries.ImportLine]:
    """Return the rows of a table."""
    reading().rollback()
    return queries.list_lines(reading(), queries.get_import(reading(), public_id).id)


def titles() -> list[str]:
    """Return what is recorded."""
    return sorted(title for (title,) in rows(EarlierTraining.title))


def test_a_table_is_kept_as_it_came_with_what_would_become_of_it(scene: Scene) -> None:
    before = bring(scene, lines(scene, "Known"))
    begin(scene, before)
    assert jobs.apply_for(before, 60, at=AT) == 0
    public_id = bring(scene, lines(scene, "Known", "New", "New") + lines(scene, "Lost", email="no@x.example"))
    assert counts(public_id) == {"new": 1, "same": 2, "refuse": 1, "waiting": 3}
    found = staged(public_id)
    assert [each.person_id for each in found] == [scene.worker.person_id] * 3 + [None]
    assert found[3].said == [["person_not_found", {"column": "email", "typed": "no@x.example"}]]
    assert found[3].cells["title"] == "Lost"
    assert titles() == ["Known"]


def test_a_form_brings_a_table_once(scene: Scene) -> None:
    key = new_client_id()
    first = bring(scene, lines(scene, "A"), key=key)
    assert bring(scene, lines(scene, "A"), key=key) == first
    for text, by in ((lines(scene, "B"), None), (lines(scene, "A"), scene.judge(1))):
        with pytest.raises(RuleBroken, match="sent_before"):
            bring(scene, text, by=by, key=key)
    with pytest.raises(RuleBroken, match="table_empty"):
        bring(scene, "")
    assert len(rows(TrainingImport.id)) == 1
    assert actions() == ["training.import_brought"]


def test_only_staff_of_the_consortium_bring_and_begin(scene: Scene) -> None:
    public_id = bring(scene, lines(scene, "A"))
    for act in (
        lambda: bring(scene, lines(scene, "A"), by=scene.chief),
        lambda: begin(scene, public_id, by=scene.chief),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotFound):
        queries.get_import(reading(), "0" * 20)


def test_all_rows_or_only_the_valid_ones(scene: Scene) -> None:
    public_id = bring(scene, lines(scene, "A") + lines(scene, "Lost", email="no@x.example"))
    with pytest.raises(RuleBroken, match="rows_faulty"):
        begin(scene, public_id, valid_only=False)
    assert jobs.apply_for(public_id, 60, at=AT) == 0, "not begun"
    assert titles() == []
    begin(scene, public_id)
    begin(scene, public_id)
    assert jobs.apply_for(public_id, 60, at=AT) == 0
    begin(scene, public_id, valid_only=False)
    found = queries.get_import(reading(), public_id)
    assert (found.state, found.created, found.applied_at) == ("done", 1, AT)
    assert rows(EarlierTraining.entered_by, EarlierTraining.import_id, EarlierTraining.state) == [
        (scene.judge(0).account_id, found.id, "waiting")
    ]
    assert actions() == ["training.import_brought", "training.import_begun", "training.imported"]


def test_a_table_is_recorded_in_parts_that_anybody_can_go_on_with(scene: Scene) -> None:
    public_id = bring(scene, lines(scene, *"ABCDEFA"))
    begin(scene, public_id)
    left = [write(lambda s: service.apply_part(s, public_id, most=3, at=AT)) for _ in range(4)]
    assert left == [4, 1, 0, 0]
    assert titles() == list("ABCDEF")
    assert counts(public_id) == {"new": 6, "same": 1, "waiting": 0}
    assert queries.get_import(reading(), public_id).created == 6
    assert actions().count("training.imported") == 1


def test_a_part_that_fails_leaves_nothing_of_it_and_the_job_goes_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = bring(scene, lines(scene, *"ABCDE"))
    begin(scene, public_id)
    write(lambda s: service.apply_part(s, public_id, most=2, at=AT))

    def fail(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken, pytest.raises(MemoryError):
        broken.setattr(applying, "outcome_of", fail)
        jobs.apply_for(public_id, 60, at=AT)
    assert titles() == ["A", "B"]
    assert counts(public_id) == {"new": 5, "waiting": 3}
    assert jobs.run(None, at=AT) == f"{public_id}: 0 rows left"  # type: ignore[arg-type]
    assert jobs.run(None, at=AT) == ""  # type: ignore[arg-type]
    assert titles() == list("ABCDE")
    assert queries.get_import(reading(), public_id).created == 5


def test_a_table_that_cannot_be_gone_on_with_keeps_no_other(scene: Scene) -> None:
    first, second = bring(scene, lines(scene, "A")), bring(scene, lines(scene, "B"))
    for each in (first, second):
        begin(scene, each)
    reading().rollback()
    found = queries.get_import(reading(), first).id
    reading().rollback()
    broken = update(TrainingImportRow).where(TrainingImportRow.import_id == found).values(cells=[])
    write(lambda s: s.execute(broken) and None)
    with pytest.raises(AttributeError):
        jobs.run(None, at=AT)  # type: ignore[arg-type]
    assert [queries.get_import(reading(), each).state for each in (first, second)] == ["applying", "done"]


def test_a_slice_ends_in_time(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "apply_part", lambda s, p, *, at: applying.apply_part(s, p, most=1, at=at))
    public_id = bring(scene, lines(scene, "A", "B"))
    begin(scene, public_id)
    assert jobs.apply_for(public_id, -1, at=AT) == 1
    assert jobs.apply_for(public_id, 60, at=AT) == 0


@pytest.mark.parametrize("loss", ["account", "role"])
def test_who_may_not_any_more_records_nothing(scene: Scene, loss: str) -> None:
    public_id = bring(scene, lines(scene, "A"))
    begin(scene, public_id)
    change: Any = {
        "account": update(Account).where(Account.id == scene.judge(0).account_id).values(disabled_at=AT),
        "role": update(RoleGrant).values(ended_at=AT),
    }[loss]
    write(lambda s: s.execute(change) and None)
    assert jobs.apply_for(public_id, 60, at=AT) == 0
    assert counts(public_id) == {"refuse": 1, "waiting": 0}
    assert staged(public_id)[0].said == [["role_lost", {}]]
    assert titles() == []


def test_what_cannot_be_any_more_is_refused_with_its_reason(scene: Scene) -> None:
    public_id = bring(scene, f"{scene.worker.email},A,School,2020-01-02,R-1\n")
    other = bring(scene, f"{scene.worker.email},B,School,2020-01-02,R-1\n")
    for each in (public_id, other):
        begin(scene, each)
        jobs.apply_for(each, 60, at=AT)
    assert counts(other) == {"refuse": 1, "waiting": 0}
    assert staged(other)[0].said == [["reference_taken", {"column": "reference", "typed": "R-1"}]]
    assert queries.get_import(reading(), other).created == 0


def test_one_table_by_the_job_and_by_a_page_at_the_same_moment(
    scene: Scene, content_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = bring(scene, lines(scene, "A", "B"))
    begin(scene, public_id)
    act = lambda: jobs.apply_for(public_id, 60, at=AT)  # noqa: E731
    assert act_during(content_app, monkeypatch, (applying, "people_of"), act, act) == [0, 0]
    assert titles() == ["A", "B"]
    assert queries.get_import(reading(), public_id).created == 2


def test_two_tables_of_the_same_training_at_the_same_moment(
    scene: Scene, content_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = bring(scene, lines(scene, "A")), bring(scene, lines(scene, "A"))
    for each in (first, second):
        begin(scene, each)
    came = act_during(
        content_app,
        monkeypatch,
        (applying, "plan_of"),
        lambda: jobs.apply_for(first, 60, at=AT),
        lambda: jobs.apply_for(second, 60, at=AT),
    )
    assert came == [0, 0]
    assert titles() == ["A"]
    assert sorted([counts(first).get("new", 0), counts(second).get("new", 0)]) == [0, 1]


def test_a_part_costs_the_same_statements_however_long_it_is(scene: Scene) -> None:
    costs = []
    for many in (2, 40):
        public_id = bring(scene, lines(scene, *(f"Course {many} {n}" for n in range(many))))
        begin(scene, public_id)
        said: list[str] = []
        hear = lambda *given, said=said: said.append(given[2])  # noqa: E731
        for engine in db.engines.values():
            event.listen(engine, "before_cursor_execute", hear)
        assert write(lambda s, key=public_id: service.apply_part(s, key, at=AT)) == 0  # type: ignore[misc]
        for engine in db.engines.values():
            event.remove(engine, "before_cursor_execute", hear)
        costs.append(len(said))
    assert costs[0] == costs[1] < 30


def test_rows_of_old_tables_are_forgotten_unless_they_are_being_recorded(scene: Scene) -> None:
    looked_at, begun, done = (bring(scene, lines(scene, name)) for name in "ABC")
    begin(scene, begun)
    begin(scene, done)
    jobs.apply_for(done, 60, at=AT)
    assert write(lambda s: service.forget_tables(s, before=AT)) == 0
    assert write(lambda s: service.forget_tables(s, before=AT + timedelta(seconds=1))) == 2
    assert [len(staged(each)) for each in (looked_at, begun, done)] == [0, 1, 0]
    assert [queries.get_import(reading(), each).state for each in (looked_at, begun, done)] == [
        "done",
        "applying",
        "done",
    ]
    begin(scene, looked_at)
    assert jobs.apply_for(looked_at, 60, at=AT) == 0
    assert titles() == ["C"]


def test_a_table_of_which_nothing_can_be_done_is_done(scene: Scene) -> None:
    public_id = bring(scene, lines(scene, "Lost", email="no@x.example"))
    begin(scene, public_id)
    assert jobs.apply_for(public_id, 60, at=AT) == 0
    assert queries.get_import(reading(), public_id).state == "done"


def test_an_administrator_may_bring_a_table_too(scene: Scene) -> None:
    boss = actor_of(scene.make.person("Head", roles=("administrator",)), "administrator")
    public_id = bring(scene, lines(scene, "A"), by=boss)
    begin(scene, public_id, by=boss)
    assert jobs.apply_for(public_id, 60, at=AT) == 0
    assert titles() == ["A"]
