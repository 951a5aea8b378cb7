"""Counts of checks and links of holders, on both engines."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit.models import AuditEvent
from lms.certificates import jobs, queries, service
from lms.certificates.models import ShareLink, VerificationCheck
from lms.certificates.rules.checks import Check
from lms.certificates.rules.links import hash_of
from lms.certificates.service import checks
from lms.clock import local_date
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from tests.certificates.story import actor_of, award_of, certify, config_of, day
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.racing import look_together, outcomes, race

TODAY = local_date(AT)


def counts() -> list[tuple[Any, ...]]:
    model = VerificationCheck
    reading().rollback()
    columns = (model.award_id, model.day, model.way, model.outcome, model.number)
    rows = reading().execute(select(*columns).order_by(model.day, model.way, model.outcome)).all()
    reading().rollback()
    return [tuple(row) for row in rows]


def add(made: dict[Check, int], way: str = "page", on: date = TODAY) -> None:
    write(lambda session: service.count_checks(session, made, way, day=on))


def test_a_check_is_a_number_and_no_row(content_app: Flask, make: Make) -> None:
    worker, _ = certify(content_app, make)
    award = award_of(worker).id
    for _ in range(3):
        add({Check(award, "valid"): 1})
        add({Check(None, "unknown"): 5}, "json")
    add({Check(award, "valid"): 1, Check(None, "unknown"): 2, Check(None, "mistyped"): 2}, "batch")
    assert counts() == [
        (None, TODAY, "batch", "mistyped", 2),
        (None, TODAY, "batch", "unknown", 2),
        (award, TODAY, "batch", "valid", 1),
        (None, TODAY, "json", "unknown", 15),
        (award, TODAY, "page", "valid", 3),
    ]
    assert queries.count_checks(reading(), award, TODAY) == (4, 4)
    assert queries.count_checks(reading(), award, TODAY + timedelta(days=40)) == (0, 4)
    assert queries.count_checks(reading(), award + 1, TODAY) == (0, 0)
    assert {column.name for column in VerificationCheck.__table__.columns} == {
        "id", "award_id", "day", "way", "outcome", "number",
    }  # fmt: skip


def test_checks_at_once_are_all_counted(content_app: Flask, make: Make) -> None:
    worker, _ = certify(content_app, make)
    award = award_of(worker).id

    def check() -> None:
        for _ in range(5):
            add({Check(award, "valid"): 1, Check(None, "unknown"): 1})

    assert outcomes(race(content_app, *[check] * 6)) == ["done"] * 6
    assert [row[4] for row in counts()] == [30, 30]


def test_old_counts_are_put_together_by_the_year(content_app: Flask, make: Make) -> None:
    worker, _ = certify(content_app, make)
    award = award_of(worker).id
    for text in ("2024-12-31", "2025-01-01", "2025-01-02", "2025-01-31", "2025-02-01", "2026-03-04"):
        add({Check(award, "valid"): 2}, on=day(text))
    add({Check(None, "unknown"): 3}, on=day("2024-05-05"))
    add({Check(award, "valid"): 1}, "qr", on=day("2025-01-05"))
    assert jobs.fold_checks(config_of(content_app), at=AT) == "5 counts put together"
    assert counts() == [
        (None, day("2024-01-01"), "page", "unknown", 3),
        (award, day("2024-01-01"), "page", "valid", 2),
        (award, day("2025-01-01"), "page", "valid", 6),
        (award, day("2025-01-01"), "qr", "valid", 1),
        (award, day("2025-02-01"), "page", "valid", 2),
        (award, day("2026-03-04"), "page", "valid", 2),
    ]
    assert jobs.fold_checks(config_of(content_app), at=AT) == ""
    assert queries.count_checks(reading(), award, TODAY) == (2, 13)


def test_two_who_put_old_counts_together_add_them_once(
    content_app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    award = award_of(certify(content_app, make)[0]).id
    for text in ("2024-03-01", "2024-03-02", "2024-03-03"):
        add({Check(award, "valid"): 2}, on=day(text))
    look_together(monkeypatch, (checks, "count_checks"))

    def fold() -> int:
        return write(lambda session: service.fold_checks(session, today=TODAY))

    assert sum(race(content_app, fold, fold)) == 3
    assert counts() == [(award, day("2024-01-01"), "page", "valid", 6)]


# Links


def link(person: MadePerson, token: str = "t", *, client_id: str = "", days: int = 7, at: Any = AT) -> None:
    actor, award, key = actor_of(person, at=at), award_of(person).public_id, client_id or new_client_id()
    values = {"client_id": key, "label": "Clinic", "days": days}
    write(lambda s: service.make_link(s, actor, award, token_hash=hash_of(token), at=at, **values))


def shown(token: str, at: Any = AT) -> bool:
    found = queries.find_shared(reading(), hash_of(token), at)
    reading().rollback()
    return found is not None


def test_a_link_works_until_it_ends_or_is_withdrawn(content_app: Flask, make: Make) -> None:
    worker, _ = certify(content_app, make)
    award = award_of(worker)
    link(worker, "one")
    link(worker, "two", days=90)
    assert shown("one")
    assert shown("one", AT + timedelta(days=7, seconds=-1))
    assert not shown("one", AT + timedelta(days=7))
    assert shown("two", AT + timedelta(days=8))
    assert not shown("three")
    two, one = queries.list_links(reading(), award.id, AT)
    assert (one.label, one.opened, one.last_opened_on, one.ends_at) == ("Clinic", 0, None, AT + timedelta(days=7))
    actor = actor_of(worker)
    for _ in range(2):
        write(lambda s: service.withdraw_link(s, actor, award.public_id, two.public_id, at=AT))
    assert not shown("two")
    assert [each.public_id for each in queries.list_links(reading(), award.id, AT)] == [one.public_id]
    assert queries.list_links(reading(), award.id, AT + timedelta(days=7)) == []
    actions = reading().scalars(select(AuditEvent.action).where(AuditEvent.action.contains("link"))).all()
    assert sorted(actions) == ["certificates.link_made", "certificates.link_made", "certificates.link_withdrawn"]
    id_of_one = reading().scalar(select(ShareLink.id).where(ShareLink.public_id == one.public_id)) or 0
    write(lambda s: service.open_link(s, id_of_one, day=TODAY))
    (opened,) = queries.list_links(reading(), award.id, AT)
    assert (opened.opened, opened.last_opened_on) == (1, TODAY)


def test_a_double_tap_makes_one_link(content_app: Flask, make: Make) -> None:
    worker, _ = certify(content_app, make)
    key = new_client_id()
    for _ in range(2):
        link(worker, "one", client_id=key)
    assert reading().scalar(select(func.count()).select_from(ShareLink)) == 1


def test_twenty_links_at_once(content_app: Flask, make: Make) -> None:
    worker, _ = certify(content_app, make)
    for number in range(20):
        link(worker, str(number), days=7 if number else 30)
    with pytest.raises(RuleBroken, match="too_many_links"):
        link(worker, "more")
    with pytest.raises(RuleBroken, match="link_days"):
        link(worker, "odd", days=8)
    link(worker, "later", at=AT + timedelta(days=7))  # most have ended


def test_links_are_the_holders_alone(content_app: Flask, make: Make) -> None:
    worker, certifier = certify(content_app, make)
    award = award_of(worker).public_id
    link(worker, "one")
    (row,) = queries.list_links(reading(), award_of(worker).id, AT)
    for other in (certifier, make.person()):
        actor = actor_of(other)
        with pytest.raises(NotFound):
            write(lambda s, a=actor: service.withdraw_link(s, a, award, row.public_id, at=AT))
        values = {"token_hash": hash_of("x"), "client_id": new_client_id(), "label": "", "days": 7}
        with pytest.raises(NotFound):
            write(lambda s, a=actor, v=values: service.make_link(s, a, award, at=AT, **v))
    own = actor_of(worker)
    with pytest.raises(NotFound):
        write(lambda s: service.withdraw_link(s, own, award, "0" * 20, at=AT))
    assert shown("one")


def test_no_link_to_what_is_not_ready_or_revoked(content_app: Flask, make: Make) -> None:
    worker, certifier = certify(content_app, make)
    link(worker, "one")
    second = make.person("Second", roles=("certifier",))
    award = award_of(worker).public_id
    ask, confirm = actor_of(certifier), actor_of(second)
    write(lambda s: service.request_revocation(s, ask, award, "issued-in-error", "", at=AT))
    request = queries.find_open_revocation(reading(), award_of(worker).id)
    assert request
    write(lambda s: service.settle_revocation(s, confirm, request.public_id, confirm=True, at=AT))
    with pytest.raises(RuleBroken, match="link_not_now"):
        link(worker, "two")
    assert shown("one")  # and says that it is revoked, without a name
