"""Joining as a union, and taking apart exactly: on both databases, through the services that make such rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from lms.assessments.models import Attempt, AttemptAnswer
from lms.certificates.models import Application, Award, Decision, NameConfirmation
from lms.clock import now
from lms.competencies.models import Attainment
from lms.courses import service as learning
from lms.courses.models import LessonProgress, ModuleCompletion
from lms.db import reading, write
from lms.doctor import recompute
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.merging import queries, rules, service
from lms.merging.models import PersonMergeRow
from lms.merging.service import undoing
from lms.merging.service.rows import restored
from lms.organizations.models import Employment, Supervision
from lms.people.models import Account, Contact
from lms.people.queries import find_identity
from lms.tracks.models import Enrolment, TrackCompletion
from lms.tracks.service import assign, assigning, enrol
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.merging.conftest import boss_of, differing, dump, join, undo
from tests.organizations.conftest import actor_of
from tests.racing import act_during
from tests.tracks.conftest import learn, read_lesson

pytestmark = pytest.mark.usefixtures("content_app")
TRACK = "first-steps"
EARLIER = AT - timedelta(days=40)


@pytest.fixture
def boss(make: Make) -> MadePerson:
    return make.person("Boss", roles=("administrator",))


@pytest.fixture
def twins(make: Make) -> tuple[MadePerson, MadePerson]:
    """Return two records of one person, each employed, asked for the same, and with a module that both finished."""
    place = make.organization("Fale Ola")
    chief = make.supervisor(place, "Chief")
    kept, merged = make.person("Ana Lopez"), make.person("Ana López")
    make.employment(kept, place, since=date(2025, 6, 1))
    make.employment(merged, place, since=date(2025, 1, 1), until=date(2026, 12, 31))
    write(lambda s: enrol(s, [kept.person_id, merged.person_id], TRACK, at=EARLIER) and None)
    for person in (kept, merged):
        _asks(chief, place, person)
    learn(merged, "communication", at=EARLIER)
    learn(kept, "communication", at=AT - timedelta(days=20))
    return kept, merged


def _asks(chief: MadePerson, place: int, person: MadePerson) -> None:
    actor, key = actor_of(chief, "supervisor", at=AT), new_client_id()
    write(lambda s: assign(s, actor, place, TRACK, [person.person_id], due_on=None, client_id=key, at=AT) and None)


def rows(model: Any, person: MadePerson) -> list[Any]:
    reading().rollback()
    return list(reading().scalars(select(model).where(model.person_id == person.person_id)))


def faults() -> list[str]:
    found = recompute(at=now(), fix=False)
    reading().rollback()
    return [*found.mendable, *found.remaining]


def test_joined_and_parted_again_everything_is_as_before(
    boss: MadePerson, twins: tuple[MadePerson, MadePerson]
) -> None:
    kept, merged = twins
    before = dump()
    merge = join(boss, kept, merged)
    after = dump()
    assert len(differing(before, after)) > 10
    assert faults() == []
    undo(boss, merge)
    assert differing(before, dump()) == {}
    undo(boss, merge)  # a second time does nothing
    assert differing(before, dump()) == {}
    again = join(boss, merged, kept)
    assert faults() == []
    undo(boss, again)
    assert differing(before, dump()) == {}


def test_looking_changes_nothing(boss: MadePerson, twins: tuple[MadePerson, MadePerson]) -> None:
    before = dump()
    plan = service.look(boss_of(boss), twins[0].person_public_id, twins[1].person_public_id, at=AT)
    assert differing(before, dump()) == {}
    assert plan.moved["contacts"] == 1
    assert {each.table_name for each in plan.twice} >= {"module_completions", "enrolments", "employments"}


def test_the_earlier_credit_counts_and_she_is_counted_once(boss: MadePerson, twins: Any) -> None:
    kept, merged = twins
    join(boss, kept, merged)
    (done,) = rows(ModuleCompletion, kept)
    assert done.completed_at.date() == EARLIER.date()
    assert rows(ModuleCompletion, merged) == rows(Enrolment, merged) == rows(Attainment, merged) == []
    assert sorted(each.number for each in rows(Attempt, kept)) == [1, 2]
    (spell,) = rows(Employment, kept)
    assert (spell.started_on, spell.ended_on) == (date(2025, 1, 1), None)


def test_what_both_did_together_completes_a_track(boss: MadePerson, make: Make) -> None:
    kept, merged = make.person(), make.person()
    write(lambda s: enrol(s, [kept.person_id], TRACK, at=EARLIER) and None)
    learn(kept, "communication", at=EARLIER)
    learn(merged, "outreach", at=EARLIER)
    before = dump()
    merge = join(boss, kept, merged)
    (completed,) = rows(TrackCompletion, kept)
    assert completed.completed_on <= AT.date()
    assert faults() == []
    undo(boss, merge)
    assert differing(before, dump()) == {}


def test_two_certificates_stay_two(boss: MadePerson, make: Make) -> None:
    kept, merged = make.person(), make.person()
    write(lambda s: enrol(s, [kept.person_id, merged.person_id], TRACK, at=EARLIER) and None)
    learn(kept, "communication", "outreach", at=AT - timedelta(days=3))
    learn(merged, "communication", "outreach", at=EARLIER)
    before = dump()
    merge = join(boss, kept, merged)
    assert faults() == []
    assert len(rows(TrackCompletion, kept)) == 1
    undo(boss, merge)
    assert differing(before, dump()) == {}


def test_the_other_account_opens_nothing_and_its_contact_leads_here(boss: MadePerson, make: Make) -> None:
    kept, merged = make.person(), make.person()
    join(boss, kept, merged)
    assert find_identity(reading(), merged.session_id) is None
    assert {each.value for each in rows(Contact, kept) if each.confirmed_at} == {kept.email, merged.email}
    with pytest.raises(NotFound):
        write(lambda s: enrol(s, [merged.person_id], TRACK, at=AT) and None)


def test_a_contact_that_comes_to_an_account_with_rights_is_only_claimed(boss: MadePerson, make: Make) -> None:
    kept, merged = make.person(roles=("certifier",)), make.person()
    before = dump()
    merge = join(boss, kept, merged)
    assert {each.value for each in rows(Contact, kept) if each.confirmed_at} == {kept.email}
    undo(boss, merge)
    assert differing(before, dump()) == {}


def test_only_administrators_and_never_her_own(boss: MadePerson, make: Make) -> None:
    one, two = make.person(), make.person()
    pair = one.person_public_id, two.person_public_id
    with pytest.raises(NotFound):
        service.look(actor_of(one, "certifier", at=AT), *pair, at=AT)
    with pytest.raises(NotFound):
        service.look(boss_of(boss), pair[0], "nobody", at=AT)
    for other, code in ((boss, "not-oneself"), (one, "same-person")):
        with pytest.raises(RuleBroken, match=code):
            service.look(boss_of(boss), pair[0], other.person_public_id, at=AT)
    merge = join(boss, one, two)
    with pytest.raises(RuleBroken, match="joined-already"):
        service.look(boss_of(boss), *pair, at=AT)
    with pytest.raises(NotFound):
        write(lambda s: service.undo(s, actor_of(one, "certifier", at=AT), merge, at=AT))
    with pytest.raises(NotFound):
        undo(boss, "nothing")
    other = make.person(roles=("administrator",))
    third = make.person()
    onward = join(other, boss, third)
    with pytest.raises(RuleBroken, match="not-oneself"):
        undo(boss, onward)


def test_a_stale_plan_is_refused_and_a_second_tap_does_it_once(boss: MadePerson, make: Make) -> None:
    kept, merged, third = make.person(), make.person(), make.person()
    actor, key = boss_of(boss), new_client_id()
    pair = kept.person_public_id, merged.person_public_id
    mark = service.look(actor, *pair, at=AT).mark
    learn(merged, "communication", at=AT)

    def tap(mark: str, other: str = pair[1]) -> str:
        return write(lambda s: service.join(s, actor, pair[0], other, mark=mark, client_id=key, at=AT))

    with pytest.raises(RuleBroken, match="changed-since"):
        tap(mark)
    mark = service.look(actor, *pair, at=AT).mark
    assert tap(mark) == tap(mark)
    with pytest.raises(RuleBroken, match="sent-before"):
        tap(mark, third.person_public_id)
    assert len(queries.list_joined(reading(), kept.person_id)) == 1


def test_what_was_used_since_stays_joined(boss: MadePerson, make: Make) -> None:
    kept, merged = make.person(), make.person()
    learn(merged, "communication", at=EARLIER)
    merge = join(boss, kept, merged)
    answer = insert(AttemptAnswer).values(
        attempt_id=rows(Attempt, kept)[0].id, item_id="new", chosen=[], answered_at=AT, shown_language="en"
    )
    write(lambda s: s.execute(answer) and None)
    with pytest.raises(RuleBroken, match="used-since"):
        undo(boss, merge)
    write(lambda s: s.execute(delete(AttemptAnswer).where(AttemptAnswer.item_id == "new")) and None)
    write(lambda s: s.execute(update(ModuleCompletion).values(language="es")) and None)
    with pytest.raises(RuleBroken, match="used-since"):
        undo(boss, merge)
    write(lambda s: s.execute(update(ModuleCompletion).values(language="en")) and None)
    write(lambda s: s.execute(update(Account).where(Account.id == merged.account_id).values(disabled_at=None)) and None)
    with pytest.raises(RuleBroken, match="used-since"):
        undo(boss, merge)


def test_letters_and_sign_ins_since_do_not_keep_records_together(boss: MadePerson, make: Make) -> None:
    kept, merged = make.person(), make.person()
    merge = join(boss, kept, merged)
    write(lambda s: s.execute(update(Contact).where(Contact.value == merged.email).values(confirmed_at=AT)) and None)
    undo(boss, merge)
    assert [each.value for each in rows(Contact, merged)] == [merged.email]


def decided(application_id: int, boss: MadePerson, outcome: str = "ask") -> None:
    row = {"application_id": application_id, "outcome": outcome, "decided_by": boss.account_id, "decided_at": AT}
    write(lambda s: s.execute(insert(Decision).values(**row, on_appeal=False, client_id=new_client_id())) and None)


@pytest.mark.parametrize("states", [("refused", "certified"), ("certified", "refused"), ("certified", "certified")])
def test_applications_that_were_decided_are_both_kept(boss: MadePerson, make: Make, states: tuple[str, str]) -> None:
    pair = make.person(), make.person()
    write(lambda s: enrol(s, [each.person_id for each in pair], TRACK, at=EARLIER) and None)
    for person, state in zip(pair, states, strict=True):
        learn(person, "communication", "outreach", at=EARLIER)
        (application,) = rows(Application, person)
        decided(application.id, boss)
        of_her = Application.person_id == person.person_id
        write(
            lambda s, state=state, of_her=of_her: (
                s.execute(update(Application).where(of_her).values(state=state)) and None
            )
        )  # type: ignore[misc]
        key = {"award_key": f"{person.person_id}:{TRACK}:1", "track_key": TRACK, "serial": f"{person.person_id:013}"}
        award = Award(person_id=person.person_id, awarded_at=AT, **key)
        write(lambda s, award=award: s.add(award))  # type: ignore[misc]
    before = dump()
    merge = join(boss, *pair)
    assert [each.state for each in rows(Application, pair[0])] == ["certified"]
    assert len(rows(Application, pair[1])) == 1
    assert len(rows(Award, pair[0])) == 2
    undo(boss, merge)
    assert differing(before, dump()) == {}


def test_an_application_that_waits_for_somebody_is_decided_first(boss: MadePerson, make: Make) -> None:
    pair = make.person(), make.person()
    write(lambda s: enrol(s, [each.person_id for each in pair], TRACK, at=EARLIER) and None)
    for person in pair:
        learn(person, "communication", "outreach", at=EARLIER)
        decided(rows(Application, person)[0].id, boss)
    with pytest.raises(RuleBroken, match="application-open"):
        join(boss, *pair)


def test_a_confirmed_name_does_not_keep_records_apart(boss: MadePerson, make: Make) -> None:
    pair = make.person(), make.person()
    write(lambda s: enrol(s, [each.person_id for each in pair], TRACK, at=EARLIER) and None)
    for person in pair:
        learn(person, "communication", "outreach", at=EARLIER)
        (application,) = rows(Application, person)
        said = {"name": "Ana Ruiz", "has_same_letters": True, "confirmed_at": AT, "client_id": new_client_id()}
        row = NameConfirmation(application_id=application.id, **said)
        write(lambda s, row=row: s.add(row))  # type: ignore[misc]
    before = dump()
    merge = join(boss, *pair)
    assert len(rows(Application, pair[0])) == len(rows(Application, pair[1])) == 1
    undo(boss, merge)
    assert differing(before, dump()) == {}


def test_both_supervise_and_somebody_stands_in(boss: MadePerson, make: Make) -> None:
    place = make.organization()
    kept, merged, deputy = make.supervisor(place), make.supervisor(place), make.supervisor(place)
    before = dump()
    merge = join(boss, kept, merged)
    assert len(rows(Employment, kept)) == 1
    undo(boss, merge)
    assert differing(before, dump()) == {}
    hers = select(Supervision.id).join(Employment, Employment.id == Supervision.employment_id)
    hers = hers.where(Employment.person_id == merged.person_id)
    their = Supervision.employment_id.in_(select(Employment.id).where(Employment.person_id == deputy.person_id))
    stands_in = update(Supervision).where(their).values(delegated_from_id=hers.scalar_subquery())
    write(lambda s: s.execute(stands_in) and None)
    with pytest.raises(RuleBroken, match="delegated"):
        join(boss, kept, merged)


def test_what_would_not_agree_is_refused(boss: MadePerson, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the completion that gives way is taken out, and what it gave towards a competency is not."""
    kept, merged = make.person(), make.person()
    learn(kept, "communication", at=AT)
    learn(merged, "communication", at=EARLIER)
    monkeypatch.setattr(rules, "settle_evidence", lambda done, *_: done)
    monkeypatch.setitem(rules.WAYS, "evidence", rules.Way())
    before = dump()
    with pytest.raises(RuleBroken, match="not-whole"):
        join(boss, kept, merged)
    assert differing(before, dump()) == {}


def test_what_was_finished_since_by_both_together_stays_joined(boss: MadePerson, make: Make) -> None:
    kept, merged = make.person(), make.person()
    learn(merged, "communication", at=EARLIER)
    merge = join(boss, kept, merged)
    write(lambda s: enrol(s, [kept.person_id], TRACK, at=AT) and None)
    learn(kept, "outreach", at=AT)
    assert len(rows(TrackCompletion, kept)) == 1
    with pytest.raises(RuleBroken, match="newer-rests"):
        undo(boss, merge)


def test_parting_goes_backwards(boss: MadePerson, make: Make) -> None:
    one, two, three = make.person(), make.person(), make.person()
    before = dump()
    first = join(boss, two, three)
    second = join(boss, one, two)
    with pytest.raises(RuleBroken, match="joined-on"):
        undo(boss, first)
    undo(boss, second)
    undo(boss, first)
    assert differing(before, dump()) == {}


def test_who_may_be_the_same(boss: MadePerson, make: Make) -> None:
    ana, other, far = make.person("Ana López"), make.person("ana lopez"), make.person("Berta")
    shared = make.person("Someone", email="x@test.example")
    write(lambda s: s.add(Contact(person_id=ana.person_id, kind="email", value="x@test.example", added_at=AT)) and None)
    found = queries.list_alike(reading(), ana.person_id, besides=boss.person_id)
    assert [(each.public_id, each.by_name, each.contacts) for each in found] == [
        (shared.person_public_id, False, ("x@test.example",)),
        (other.person_public_id, True, ()),
    ]
    assert far.person_public_id not in {each.public_id for each in found}


def prepared(boss: MadePerson, kept: MadePerson, merged: MadePerson) -> Any:
    """Return the last press of joining, with the plan looked at."""
    actor, pair, key = boss_of(boss), (kept.person_public_id, merged.person_public_id), new_client_id()
    mark = service.look(actor, *pair, at=AT).mark
    return lambda: write(lambda s: service.join(s, actor, *pair, mark=mark, client_id=key, at=AT))


@pytest.fixture
def rivals(make: Make) -> tuple[MadePerson, MadePerson, dict[str, Any]]:
    """Return two records, and what may happen to the second one meanwhile: it is asked for, or she learns."""
    place = make.organization()
    chief, kept, merged = make.supervisor(place), make.person(), make.person()
    make.employment(merged, place)
    actor, key = actor_of(chief, "supervisor", at=AT), new_client_id()
    ids = [merged.person_id]
    asks = lambda: write(lambda s: assign(s, actor, place, TRACK, ids, due_on=None, client_id=key, at=AT) and None)  # noqa: E731
    return kept, merged, {"asks": asks, "learns": lambda: read_lesson(merged, "communication", at=AT)}


@pytest.mark.parametrize("what", ["asks", "learns"])
def test_what_comes_while_records_are_joined_is_not_written_where_nobody_looks(
    content_app: Any, boss: MadePerson, rivals: Any, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    kept, merged, acts = rivals
    press = prepared(boss, kept, merged)
    done = act_during(content_app, monkeypatch, (service.joining, "read_rows"), press, acts[what])
    assert isinstance(done[0], str)
    assert isinstance(done[1], NotFound)
    assert rows(Enrolment, merged) == rows(LessonProgress, merged) == []


@pytest.mark.parametrize("what", ["asks", "learns"])
def test_joining_that_comes_while_something_is_written_looks_again(
    content_app: Any, boss: MadePerson, rivals: Any, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    kept, merged, acts = rivals
    press = prepared(boss, kept, merged)
    place = (assigning, "began_of") if what == "asks" else (learning.queries, "round_of")
    done = act_during(content_app, monkeypatch, place, acts[what], press)
    assert done[0] is None
    assert getattr(done[1], "code", "") == "changed-since"
    join(boss, kept, merged)
    assert len(rows(Enrolment, kept)) + len(rows(LessonProgress, kept)) == 1


def test_bytes_and_exact_numbers_come_back_from_the_log_as_they_were() -> None:
    """What JSON cannot hold is written down as text."""
    assert restored("editions", {"payload": b"\x00\xff".hex()}) == {"payload": b"\x00\xff"}
    assert restored("employment_terms", {"hours_per_week": "37.5"}) == {"hours_per_week": Decimal("37.5")}


def test_a_row_that_is_gone_or_cannot_be_put_back_keeps_the_records_joined(boss: MadePerson) -> None:
    gone = PersonMergeRow(merge_id=1, table_name="employments", row_id=999, effect="changed", was={}, became={})
    assert not undoing._is_as_left(gone, None, 0)
    lost = PersonMergeRow(merge_id=1, table_name="enrolments", row_id=1, effect="removed", was={"id": 1}, became={})
    with pytest.raises(RuleBroken, match="used-since"):
        write(lambda session: undoing._restore(session, [lost], AT))
