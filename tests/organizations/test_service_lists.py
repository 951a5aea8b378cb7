"""Lists of staff: kept, answered, applied part by part, once however often; and who meets whom meanwhile."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from lms.actor import Actor
from lms.db import reading, write
from lms.errors import NotAllowed, NotFound, RuleBroken
from lms.ids import new_client_id
from lms.notifications.models import Letter
from lms.organizations import jobs, queries, rules, service
from lms.organizations.models import Employment, EmploymentTerms, StaffImport, StaffImportRow, Supervision
from lms.organizations.rules import Defaults
from lms.organizations.service import Newcomer, Terms, applying
from lms.people.models import AccessLink, Account, Contact, Person, RoleGrant
from lms.people.rules import Identifier
from lms.people.service import NewPerson, add_people
from tests.conftest import AT
from tests.factories import Make
from tests.home.conftest import counted
from tests.organizations.conftest import TODAY, actions, actor_of, crowd, rows
from tests.racing import act_during, outcomes, race

HEAD = "name,phone,organization,title,started_on,hours_per_week\n"
TWO = HEAD + "Mele Tau,213 555 0101,,Promotora,2026-03-01,20\nTevita Fīfita,,,Outreach,,\n"


@pytest.fixture(autouse=True)
def _engines(app: Flask) -> None:
    """Every test here runs on both engines."""


class Cbo:
    """A CBO with a supervisor, and an administrator."""

    def __init__(self, make: Make) -> None:
        self.id = make.organization("Hope")
        self.other = make.organization("Other")
        self.boss = make.supervisor(self.id, "Boss")
        self.actor = actor_of(self.boss)
        self.admin = actor_of(make.person("Admin", roles=("administrator",)), "administrator")


@pytest.fixture
def cbo(make: Make) -> Cbo:
    """Return a CBO."""
    return Cbo(make)


def bring(actor: Actor | None, text: str, organization_id: int | None, **more: Any) -> str:
    """Keep a list and return its public id."""
    sheet = rules.read_sheet(text.encode(), rules.STAFF_COLUMNS, rules.STAFF_REQUIRED, rules.column_names())
    judged = service.judge_list(reading(), actor, sheet, Defaults(organization_id), at=AT)
    key = more.pop("client_id", new_client_id())
    return write(lambda s: service.keep_list(s, actor, judged, client_id=key, at=AT, **more))


def answer(actor: Actor, public_id: str, answers: dict[int, str], *, rest_is_new: bool = False) -> int:
    """Answer questions about the rows of a list, and return how many are left."""
    said = service.judge_answers(reading(), actor, public_id, answers, rest_is_new=rest_is_new, at=AT)
    return write(lambda s: service.answer_rows(s, actor, public_id, said))


def begin(actor: Actor | None, public_id: str, *, only_valid: bool = False, invites: bool = True) -> None:
    """Let a list be applied."""
    write(lambda s: service.begin_list(s, actor, public_id, only_valid=only_valid, invites=invites, at=AT))


def apply(actor: Actor | None, text: str, organization_id: int | None, **how: Any) -> dict[str, int]:
    """Bring a list, apply it, and return how many rows had which outcome."""
    public_id = bring(actor, text, organization_id)
    begin(actor, public_id, **how)
    assert jobs.apply_for(public_id, 60, at=AT) == 0
    return counts(public_id)


def counts(public_id: str) -> dict[str, int]:
    """Return how many rows of a list have which outcome."""
    found = queries.count_rows(reading(), queries.get_import(reading(), public_id).id)
    reading().rollback()
    return {key: number for key, number in found.items() if number}


def staged(public_id: str) -> list[queries.ListedRow]:
    """Return the rows of a list."""
    found = queries.list_rows(reading(), queries.get_import(reading(), public_id).id)
    reading().rollback()
    return found


def names() -> list[str]:
    """Return everybody's name."""
    return [name for (name,) in rows(Person.name)]


def test_a_list_brings_people_with_everything_that_one_by_one_brings(cbo: Cbo) -> None:
    agreed = (
        TWO.replace("\n", ",by_text\n", 1).replace(",20\n", ",20,yes\n").replace(",Outreach,,\n", ",Outreach,,,no\n")
    )
    assert apply(cbo.actor, agreed, cbo.id) == {"create": 2}
    ids = {name: number for number, name in rows(Person.id, Person.name)}
    mele, tevita = ids["Mele Tau"], ids["Tevita Fīfita"]
    assert rows(Employment.person_id, Employment.organization_id, Employment.started_on)[-2:] == [
        (mele, cbo.id, TODAY - timedelta(days=4)),
        (tevita, cbo.id, TODAY),
    ]
    assert rows(EmploymentTerms.title, EmploymentTerms.hours_per_week, EmploymentTerms.kind)[-2:] == [
        ("Promotora", Decimal(20), "employee"),
        ("Outreach", None, "employee"),
    ]
    assert rows(Contact.person_id, Contact.kind, Contact.value, Contact.confirmed_at)[-1] == (
        mele,
        "phone",
        "+12135550101",
        None,
    )
    assert {mele, tevita} <= {person for (person,) in rows(Account.person_id)}
    assert len(rows(AccessLink.id)) == len(rows(Letter.id)) == 1
    told = Counter(actions())
    assert told == Counter(
        {
            "people.invited": 2,
            "organizations.employment_started": 2,
            "people.link_made": 1,
            "organizations.list_brought": 1,
            "organizations.list_begun": 1,
            "organizations.list_applied": 1,
        }
    )


def test_the_same_list_twice_changes_nothing(cbo: Cbo) -> None:
    same = TWO + "Mele Tau,213 555 0101,other,Lead,2026-03-02,\nTevita Fīfita,213 555 0109,other,CHW,,\n"
    assert bring(cbo.admin, same, cbo.id)
    waiting = bring(cbo.admin, same, cbo.id)
    assert counts(waiting) == {"create": 3, "ask": 1, "waiting": 3}
    answer(cbo.admin, waiting, {5: "new"})
    begin(cbo.admin, waiting)
    jobs.apply_for(waiting, 60, at=AT)
    before = rows(Person.id), rows(Employment.id), rows(EmploymentTerms.id), rows(Letter.id), rows(Contact.id)
    assert len(before[0]) == 5
    assert apply(cbo.admin, same, cbo.id) == {"unchanged": 4}
    assert apply(cbo.admin, same, cbo.id) == {"unchanged": 4}
    assert (rows(Person.id), rows(Employment.id), rows(EmploymentTerms.id), rows(Letter.id), rows(Contact.id)) == before


def test_who_is_known_begins_or_changes_and_keeps_her_name(cbo: Cbo, make: Make) -> None:
    ana, luis = make.person("Ana López"), make.person("Luis")
    make.employment(luis, cbo.id)
    text = "name,email,title,hours_per_week\n" + f"ANA LOPEZ,{ana.email},CHW,\nLuis,{luis.email},Lead,37.5\n"
    assert apply(cbo.actor, text, cbo.id) == {"start": 1, "change": 1}
    assert rows(EmploymentTerms.title, EmploymentTerms.since)[-2:] == [("CHW", TODAY), ("Lead", TODAY)]
    assert "Ana López" in names()
    assert len(names()) == 4
    assert rows(Letter.id) == []
    assert apply(cbo.actor, text, cbo.id) == {"unchanged": 2}


def test_invitations_are_written_only_when_they_are_wanted(cbo: Cbo) -> None:
    assert apply(cbo.actor, TWO, cbo.id, invites=False) == {"create": 2}
    assert rows(AccessLink.id) == rows(Letter.id) == []


def test_all_rows_or_only_the_valid_ones(cbo: Cbo) -> None:
    text = TWO + "Nobody,12,,CHW,,\nBoss,213 555 0177,,CHW,,\n"
    public_id = bring(cbo.actor, text, cbo.id)
    assert counts(public_id) == {"create": 2, "refuse": 1, "ask": 1, "waiting": 2}
    with pytest.raises(RuleBroken, match="list-has-faults"):
        begin(cbo.actor, public_id)
    assert write(lambda s: service.apply_part(s, public_id, at=AT)) == 0
    assert len(names()) == 2
    begin(cbo.actor, public_id, only_valid=True)
    begin(cbo.actor, public_id, only_valid=True)
    assert jobs.apply_for(public_id, 60, at=AT) == 0
    assert counts(public_id) == {"create": 2, "refuse": 1, "ask": 1}
    assert len(names()) == 4


def test_a_list_is_kept_once_and_seen_by_its_owner_and_administrators(cbo: Cbo, make: Make) -> None:
    key = new_client_id()
    first = bring(cbo.actor, TWO, cbo.id, client_id=key, file_name="x" * 300, left_out=["secret"])
    assert bring(cbo.actor, TWO, cbo.id, client_id=key) == first
    with pytest.raises(RuleBroken, match="sent-before"):
        bring(cbo.actor, HEAD + "Luis,,,CHW,,\n", cbo.id, client_id=key)
    with pytest.raises(RuleBroken, match="sent-before"):
        bring(cbo.admin, TWO, cbo.id, client_id=key)
    with pytest.raises(RuleBroken, match="list-empty"):
        bring(cbo.actor, HEAD, cbo.id)
    stranger = actor_of(make.supervisor(cbo.id))
    for act in (
        lambda s: service.begin_list(s, stranger, first, only_valid=True, invites=True, at=AT),
        lambda s: service.judge_answers(s, stranger, first, {}, at=AT),
        lambda s: service.answer_rows(s, stranger, first, service.Answered([], {}, [])),
        lambda s: service.withdraw_list(s, stranger, first, at=AT),
        lambda s: service.withdraw_list(s, cbo.actor, "0" * 20, at=AT),
    ):
        with pytest.raises(NotFound):
            write(act)
    assert [len(each.file_name) for each in queries.list_imports(reading(), cbo.actor.account_id)] == [200]
    assert queries.list_imports(reading(), None)[0].left_out == ("secret",)
    write(lambda s: service.withdraw_list(s, cbo.admin, first, at=AT))
    write(lambda s: service.withdraw_list(s, cbo.actor, first, at=AT))
    with pytest.raises(RuleBroken, match="list-withdrawn"):
        begin(cbo.actor, first)
    with pytest.raises(RuleBroken, match="list-begun"):
        answer(cbo.actor, first, {})


def test_what_was_begun_is_neither_answered_nor_put_away(cbo: Cbo) -> None:
    public_id = bring(cbo.actor, TWO, cbo.id)
    begin(cbo.actor, public_id)
    with pytest.raises(RuleBroken, match="list-begun"):
        write(lambda s: service.withdraw_list(s, cbo.actor, public_id, at=AT))


def test_answers_say_who_is_meant(cbo: Cbo, make: Make) -> None:
    ana = make.person("Ana López")
    make.employment(ana, cbo.id)
    text = HEAD + "Ana López,213 555 0101,,Lead,,\nAna López,213 555 0102,,CHW,,\nAna López,213 555 0103,,CHW,,\n"
    public_id = bring(cbo.actor, text, cbo.id)
    assert counts(public_id) == {"ask": 3}
    left = answer(cbo.actor, public_id, {2: "0", 3: "9", 4: "no"})
    assert left == 2
    assert answer(cbo.actor, public_id, {3: "new"}) == 1
    assert answer(cbo.actor, public_id, {}, rest_is_new=True) == 0
    assert counts(public_id) == {"change": 1, "create": 2, "waiting": 3}
    begin(cbo.actor, public_id)
    jobs.apply_for(public_id, 60, at=AT)
    assert counts(public_id) == {"change": 1, "create": 2}
    assert staged(public_id)[0].person_id == ana.person_id
    assert names().count("Ana López") == 3


def test_a_list_is_applied_in_parts_that_anybody_can_go_on_with(cbo: Cbo) -> None:
    lines = [f"Person {chr(97 + n)},213 555 {n:04d},,CHW,," for n in range(7)]
    lines += ["Person a,213 555 0000,other,CHW,,", "Person b,,other,CHW,,", "Person c,213 555 0002,,CHW,,"]
    public_id = bring(None, HEAD + "\n".join(lines), cbo.id)
    assert counts(public_id) == {"create": 8, "ask": 1, "unchanged": 1, "waiting": 9}
    answer(cbo.admin, public_id, {10: "0"})
    assert write(lambda s: service.apply_part(s, public_id, most=3, at=AT)) == 0, "not begun yet"
    begin(None, public_id)
    left = [write(lambda s: service.apply_part(s, public_id, most=3, at=AT)) for _ in range(5)]
    assert left == [7, 4, 1, 0, 0]
    assert counts(public_id) == {"create": 7, "start": 2, "unchanged": 1}
    people = {row.number: row.person_id for row in staged(public_id)}
    assert (people[9], people[10], people[11]) == (people[2], people[3], people[4])
    assert len(names()) == 9
    assert queries.get_import(reading(), public_id).state == "done"


def test_a_part_that_fails_leaves_nothing_of_it(cbo: Cbo, monkeypatch: pytest.MonkeyPatch) -> None:
    public_id = bring(cbo.actor, TWO, cbo.id)
    begin(cbo.actor, public_id)

    def fail(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken, pytest.raises(MemoryError):
        broken.setattr(applying, "_mark", fail)
        jobs.apply_for(public_id, 60, at=AT)
    assert len(names()) == 2
    assert counts(public_id) == {"create": 2, "waiting": 2}
    assert jobs.run(None, at=AT) == f"{public_id}: 0 rows left"  # type: ignore[arg-type]
    assert jobs.run(None, at=AT) == ""  # type: ignore[arg-type]
    assert len(names()) == 4


def test_a_list_that_cannot_be_gone_on_with_keeps_no_other(cbo: Cbo) -> None:
    first, second = (bring(cbo.actor, HEAD + f"{name},,,CHW,,\n", cbo.id) for name in ("Ana Silva", "Mele Tau"))
    for each in (first, second):
        begin(cbo.actor, each)
    found = queries.get_import(reading(), first).id
    reading().rollback()
    broken = update(StaffImportRow).where(StaffImportRow.import_id == found).values(entry={})
    write(lambda s: s.execute(broken) and None)
    with pytest.raises(KeyError, match="started_on"):
        jobs.run(None, at=AT)  # type: ignore[arg-type]
    assert [queries.get_import(reading(), each).state for each in (first, second)] == ["applying", "done"]


def test_a_slice_ends_in_time(cbo: Cbo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "PART", 1)
    monkeypatch.setattr(service, "apply_part", lambda s, p, *, at: applying.apply_part(s, p, most=1, at=at))
    public_id = bring(cbo.actor, TWO, cbo.id)
    begin(cbo.actor, public_id)
    assert jobs.apply_for(public_id, -1, at=AT) == 1
    assert jobs.apply_for(public_id, 60, at=AT) == 0


@pytest.mark.parametrize("loss", ["supervision", "account", "role"])
def test_who_may_not_any_more_brings_nobody(cbo: Cbo, loss: str) -> None:
    actor = cbo.admin if loss == "role" else cbo.actor
    public_id = bring(actor, TWO, cbo.id)
    begin(actor, public_id)
    change: Any = {
        "supervision": update(Supervision).values(ended_on=TODAY - timedelta(days=1)),
        "account": update(Account).where(Account.id == cbo.actor.account_id).values(disabled_at=AT),
        "role": update(RoleGrant).values(ended_at=AT),
    }[loss]
    write(lambda s: s.execute(change) and None)
    assert jobs.apply_for(public_id, 60, at=AT) == 0
    assert counts(public_id) == {"refuse": 2}
    assert {row.said["faults"][0][0] for row in staged(public_id)} == {"organization-unknown"}
    assert len(names()) == 2


def test_a_supervisor_brings_nobody_to_another_organization_and_hears_of_no_stranger(cbo: Cbo, make: Make) -> None:
    stranger = make.person("Ana López", email="ana@x.org")
    make.employment(stranger, cbo.other)
    text = "name,email,title,organization\nAna López,,CHW,\nAna Pérez,ana@x.org,CHW,\nMele,,CHW,Other\nLuis,,CHW,None\n"
    public_id = bring(cbo.actor, text, cbo.id)
    assert counts(public_id) == {"create": 2, "refuse": 2, "waiting": 2}
    assert {row.said["faults"][0][0] for row in staged(public_id)[2:]} == {"organization-unknown"}
    before = rows(Contact.id)
    begin(cbo.actor, public_id, only_valid=True)
    jobs.apply_for(public_id, 60, at=AT)
    assert rows(Contact.id) == before, "an address of somebody else is not given to another"
    assert apply(cbo.actor, "name,email,title\nana lopez,ana@x.org,CHW\n", cbo.id) == {"start": 1}


def test_former_staff_may_be_told_of(cbo: Cbo, make: Make) -> None:
    left = make.person("Ana López")
    make.employment(left, cbo.id, until=TODAY - timedelta(days=30))
    public_id = bring(cbo.actor, HEAD + "Ana López,,,CHW,,\n", cbo.id)
    assert staged(public_id)[0].said["candidates"] == [f"person:{left.person_id}"]
    people = queries.describe_people(reading(), [left.person_id, cbo.boss.person_id], (cbo.id,))
    assert people[left.person_id] == queries.Candidate("Ana López", ("Hope",))
    assert queries.describe_people(reading(), [left.person_id], (cbo.other,)) == {}
    alone = make.person("Alone")
    assert queries.describe_people(reading(), [alone.person_id], None)[alone.person_id].places == ()


def test_rows_of_old_lists_are_forgotten(cbo: Cbo) -> None:
    kept, old = bring(cbo.actor, TWO, cbo.id), bring(cbo.actor, TWO, cbo.id)
    long_ago = AT - timedelta(days=31)
    write(
        lambda s: (
            s.execute(update(StaffImport).where(StaffImport.public_id == old).values(created_at=long_ago)) and None
        )
    )
    assert jobs.forget(None, at=AT) == "forgot 2"  # type: ignore[arg-type]
    assert jobs.forget(None, at=AT) == ""  # type: ignore[arg-type]
    assert len(rows(StaffImportRow.id)) == 2
    assert queries.get_import(reading(), old).state == "withdrawn"
    assert counts(kept) == {"create": 2, "waiting": 2}


def test_the_program_alone_adds_people_without_asking(cbo: Cbo, make: Make) -> None:
    new = [
        NewPerson("A", "en", (Identifier("email", "a@x.org"), Identifier("phone", "+12135550101"))),
        NewPerson("B", "to"),
    ]
    ids = write(lambda s: add_people(s, None, new, invites=True, at=AT))
    assert rows(Person.id, Person.name)[-2:] == [(ids[0], "A"), (ids[1], "B")]
    ((contact,),) = rows(AccessLink.contact_id)
    assert (contact, "a@x.org") in rows(Contact.id, Contact.value)
    worker = actor_of(make.person("W"))
    with pytest.raises(NotAllowed):
        write(lambda s: add_people(s, worker, new, invites=True, at=AT))


# ── At the same moment ───────────────────────────────────────────────────────


def test_two_lists_of_the_same_people_at_the_same_moment(app: Flask, cbo: Cbo, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = [bring(each, TWO, cbo.id) for each in (cbo.actor, cbo.admin)]
    for actor, each in zip((cbo.actor, cbo.admin), lists, strict=True):
        begin(actor, each)
    results = act_during(
        app,
        monkeypatch,
        (applying, "_look"),
        lambda: jobs.apply_for(lists[0], 60, at=AT),
        lambda: jobs.apply_for(lists[1], 60, at=AT),
    )
    assert results == [0, 0]
    assert sorted(str(counts(each)) for each in lists) == ["{'create': 2}", "{'unchanged': 2}"]
    assert sorted(names()) == ["Admin", "Boss", "Mele Tau", "Tevita Fīfita"]


def test_one_list_by_the_job_and_by_a_page_at_the_same_moment(
    app: Flask, cbo: Cbo, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = bring(cbo.actor, TWO, cbo.id)
    begin(cbo.actor, public_id)
    act = lambda: jobs.apply_for(public_id, 60, at=AT)  # noqa: E731
    assert act_during(app, monkeypatch, (applying, "_look"), act, act) == [0, 0]
    assert counts(public_id) == {"create": 2}
    assert len(names()) == 4


@pytest.mark.parametrize("phone", [None, "213 555 0101"])
def test_a_list_and_a_supervisor_bring_the_same_person_at_the_same_moment(
    app: Flask, cbo: Cbo, make: Make, monkeypatch: pytest.MonkeyPatch, phone: str | None
) -> None:
    deputy = actor_of(make.supervisor(cbo.id, "Deputy"))
    public_id = bring(cbo.actor, HEAD + f"Mele Tau,{phone or ''},,CHW,,\n", cbo.id)
    begin(cbo.actor, public_id)

    def welcome() -> Any:
        newcomer, terms = Newcomer("Mele Tau", "to", phone=phone), Terms("CHW")
        key = new_client_id()
        return write(
            lambda s: service.welcome_person(
                s, deputy, cbo.id, newcomer, started_on=TODAY, terms=terms, client_id=key, at=AT
            )
        )

    results = act_during(app, monkeypatch, (applying, "_look"), lambda: jobs.apply_for(public_id, 60, at=AT), welcome)
    assert outcomes(results) == sorted(["alike-contact" if phone else "alike-name", "done"])
    assert names().count("Mele Tau") == 1


def test_the_other_way_round_too(app: Flask, cbo: Cbo, monkeypatch: pytest.MonkeyPatch) -> None:
    public_id = bring(cbo.actor, HEAD + "Mele Tau,213 555 0101,,CHW,,\n", cbo.id)
    begin(cbo.actor, public_id)
    newcomer = Newcomer("Mele Tau", "to", phone="213 555 0101")
    key = new_client_id()
    welcome = lambda: write(  # noqa: E731
        lambda s: service.welcome_person(
            s, cbo.actor, cbo.id, newcomer, started_on=TODAY, terms=Terms("CHW"), client_id=key, at=AT
        )
    )
    race(app, welcome, lambda: jobs.apply_for(public_id, 60, at=AT))
    assert names().count("Mele Tau") == 1


def test_a_list_costs_the_same_statements_however_long_it_is(cbo: Cbo, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(cbo.id, [f"Known {chr(97 + n)}" for n in range(20)])
    costs = []
    for many in (2, 20):
        text = HEAD + "".join(f"Known {chr(97 + n)},,,Lead {many},,\n" for n in range(many))
        public_id = bring(cbo.actor, text, cbo.id)
        begin(cbo.actor, public_id)
        with counted() as statements:
            write(lambda s, key=public_id: service.apply_part(s, key, at=AT))  # type: ignore[misc]
        costs.append(len([each for each in statements if "employment_terms" not in each or "INSERT" not in each]))
    assert costs[0] == costs[1]


def test_whoever_appears_meanwhile_is_a_question_that_comes_too_late(cbo: Cbo, make: Make) -> None:
    public_id = bring(cbo.actor, HEAD + "Mele Tau,213 555 0101,,CHW,,\nLuis,,,CHW,,\n", cbo.id)
    begin(cbo.actor, public_id)
    make.employment(make.person("Mele Tau"), cbo.id)
    assert jobs.apply_for(public_id, 60, at=AT) == 0
    assert counts(public_id) == {"create": 1, "refuse": 1}
    assert staged(public_id)[0].said["faults"] == [["alike-name", "", {}]]
    assert names().count("Mele Tau") == 1


def test_a_near_name_is_asked_about_and_the_answer_holds(cbo: Cbo, make: Make) -> None:
    sina = make.person("Sina Tuala")
    make.employment(sina, cbo.id)
    make.employment(make.person("Ana Ruiz Soto"), cbo.other)
    text = HEAD + "Sina Tuala-Fonoti,213 555 0101,,CHW,,\nFonoti Sina,,,CHW,,\nSoto Ruiz Ana,,,CHW,,\n"
    public_id = bring(cbo.actor, text, cbo.id)
    assert [row.said["candidates"] for row in staged(public_id)] == [[f"person:{sina.person_id}"], [], []]
    assert answer(cbo.actor, public_id, {2: "0"}) == 0
    begin(cbo.actor, public_id)
    assert jobs.apply_for(public_id, 60, at=AT) == 0
    assert counts(public_id) == {"change": 1, "create": 2}
    assert apply(cbo.actor, HEAD + "Fonoti Sina,,,CHW,,\nAna Ruiz Soto,,,Lead,,\n", cbo.id, only_valid=True) == {
        "unchanged": 1,
        "ask": 1,
    }


def test_a_list_of_which_nothing_can_be_done_is_done(cbo: Cbo, make: Make) -> None:
    somebody = make.person("Somebody")
    public_id = bring(cbo.admin, f"name,email,title\nLuis,{somebody.email},CHW\nMele,wrong,CHW\n", cbo.id)
    assert counts(public_id) == {"ask": 1, "refuse": 1}
    assert staged(public_id)[0].said["question"] == "alike-shared"
    begin(cbo.admin, public_id, only_valid=True)
    assert jobs.apply_for(public_id, 60, at=AT) == 0
    assert queries.get_import(reading(), public_id).state == "done"
    assert len(names()) == 3
