"""Every statement that writes may fail: then nothing is half done, and the same work again comes to its end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.audit.models import AuditEvent
from lms.certificates import models, queries, service
from lms.certificates.jobs import check_issued, finish_issues, making
from lms.db import Base, db, reading, write
from lms.ids import new_client_id
from lms.notifications.models import Letter
from tests import keys
from tests.certificates.story import actor_of, application_of, award_of, complete, config_of
from tests.certificates.workbench import count, keys_of, known_of, workshop_of
from tests.conftest import AT
from tests.factories import MadePerson, Make

LATER = AT + timedelta(minutes=10)
#: What is published, which takes long to read and is written by `lms content publish` alone.
CONTENT = ("revisions", "publications", "publication_items")
Change = Callable[[Session], Any]

#: What a release writes: the test above finds that it is all.
RELEASING = ("issue_tasks", "artifacts", "status_events", "audit_events", "letters")
#: Tables of certificates that none of these changes writes, each with the reason.
ELSEWHERE = {
    "replies": "the worker's answer: one row in a transaction of its own",
    "certificate_shares": "a link that the holder makes: one row in a transaction of its own",
    "share_links": "one more link, or its end, in a transaction of its own",
    "name_confirmations": "what the holder says of her name before it is reserved, in a transaction of its own",
    "verification_checks": "one row for each check by a stranger, after the answer",
    "name_checks": "one row for each comparison of a name, in a transaction of its own",
}


class _Undone(Exception):
    """Ends a transaction that was only looked at."""


def tables_of(change: Change, before: dict[str, str]) -> list[str]:
    """Return the tables that a change leaves otherwise than `before`; the change is taken back."""
    seen: list[str] = []

    def try_out(session: Session) -> None:
        change(session)
        session.flush()
        after = marks_of(session)
        seen.extend(name for name in after if after[name] != before[name])
        raise _Undone

    with pytest.raises(_Undone):
        write(try_out)
    return seen


@contextmanager
def refusing(table: str) -> Iterator[None]:
    """Have the database refuse every insert into, and update of, a table."""
    on_sqlite = db.engines["write"].dialect.name == "sqlite"
    run(*([_SQLITE, _SQLITE.replace("insert", "update")] if on_sqlite else [_FUNCTION, _POSTGRESQL]), table=table)
    try:
        yield
    finally:
        run(*(_SQLITE_AGAIN if on_sqlite else ("DROP FUNCTION refuse_for_the_test() CASCADE",)), table=table)


_SQLITE = """CREATE TRIGGER refuse_insert BEFORE insert ON {table}
    BEGIN SELECT RAISE(ABORT, 'refused for the test'); END"""
_SQLITE_AGAIN = ("DROP TRIGGER refuse_insert", "DROP TRIGGER refuse_update")
_FUNCTION = """CREATE FUNCTION refuse_for_the_test() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'refused for the test'; END $$"""
_POSTGRESQL = """CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_for_the_test()"""


def run(*statements: str, table: str) -> None:
    """Run statements on the writing engine: a second SQLite library in this process would undo its locks."""
    write(lambda s: [s.connection().exec_driver_sql(each.format(table=table)) for each in statements] and None)


def state() -> dict[str, str]:
    """Return a mark of the rows of every table; it is another one when any value is."""
    reading().rollback()
    marks = marks_of(reading())
    reading().rollback()
    return marks


def marks_of(session: Session) -> dict[str, str]:
    """Return the marks as a transaction sees them."""
    marks = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in CONTENT:
            rows = sorted(repr(tuple(row)) for row in session.execute(table.select()))
            marks[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return marks


def try_each(change: Change) -> set[str]:
    """Let each table that a change writes refuse once: nothing is changed. Then do it; return the tables."""
    before = state()
    tables = tables_of(change, before)
    assert tables
    assert state() == before, "looking at a change changes nothing"
    for table in tables:
        with refusing(table), pytest.raises(DBAPIError, match="refused for the test"):
            write(change)
        assert state() == before, f"{table} refused, and something was written all the same"
    write(change)
    after = state()
    assert {name for name in after if after[name] != before[name]} == set(tables)
    return set(tables)


@pytest.fixture
def certifier(content_app: Flask, make: Make) -> MadePerson:
    keys.ensure_keys(config_of(content_app), at=AT - timedelta(days=30))
    return make.person("Certifier One", roles=("certifier",))


def test_every_table_may_refuse_every_change(content_app: Flask, certifier: MadePerson, make: Make) -> None:
    worker, second = make.person("Malia ʻAnau"), actor_of(make.person("Second", roles=("certifier",)))
    complete(worker)
    actor, client_id, ids = actor_of(certifier), new_client_id(), [application_of(worker)]
    config, written = config_of(content_app), set()

    def do(change: Change) -> None:
        written.update(try_each(change))

    do(lambda s: service.certify_many(s, actor, ids, client_id=client_id, at=AT))
    do(lambda s: service.lease_tasks(s, holder="me", at=AT, limit=5))
    (lease,) = write(lambda s: service.lease_tasks(s, holder="me", at=LATER, limit=5))
    do(lambda s: service.postpone(s, lease, holder="me", problem="a disk", at=LATER))
    at = LATER + timedelta(hours=1)
    (lease,) = write(lambda s: service.lease_tasks(s, holder="me", at=at, limit=5))
    made = making.make(reading(), workshop_of(content_app), lease, at=at)
    released = try_each(lambda s: service.release(s, [made], holder="me", at=at))
    assert released == set(RELEASING)
    written.update(released)
    edition = known_of(worker).shown.edition_id
    do(lambda s: service.lease_page(s, edition, "pdf-a4", holder="me", at=at))
    pages = write(lambda s: service.lease_tasks(s, holder="me", at=at + timedelta(hours=1), limit=5, pages=True))
    drawn = [making.make(reading(), workshop_of(content_app), each, at=at) for each in pages]
    do(lambda s: service.keep_pages(s, drawn, holder="me", at=at))
    award = award_of(worker).public_id
    do(lambda s: service.correct_name(s, actor, award, "Malia ʻAnau Tuʻi", at=at))
    assert finish_issues(content_app, at=at) == 1
    do(lambda s: service.request_name(s, actor_of(worker), award, "Malia Anau", "", at=at))
    asked = queries.list_open_requests(reading(), second)[1][0].public_id
    do(lambda s: service.settle_name(s, second, asked, grant=False, at=at))
    old = keys_of(worker)["badge"]
    do(lambda s: service.retire_key(s, keys_of(worker)["jwt"], at=at))
    do(lambda s: service.compromise_key(s, old, at=at))
    keys.ensure_keys(config, at=at, number=1)
    do(lambda s: service.rekey(s, [award_of(worker).id], at=at))
    assert finish_issues(content_app, at=at) == 1
    revocation = lambda s: service.request_revocation(s, actor, award, "issued-in-error", "", at=at)  # noqa: E731
    do(revocation)
    waiting = queries.find_open_revocation(reading(), award_of(worker).id)
    assert waiting is not None
    do(lambda s: service.settle_revocation(s, second, waiting.public_id, confirm=True, at=at))
    ours = {getattr(models, name).__tablename__ for name in models.__all__}
    assert ours - written == set(ELSEWHERE), "a new table of certificates needs a change here that writes it"


def test_every_table_may_refuse_while_it_is_finished(content_app: Flask, certifier: MadePerson, make: Make) -> None:
    """The job itself: whatever refuses, nothing is released by half, and its next run comes to the end."""
    worker, at = make.person("Malia ʻAnau"), AT
    complete(worker)
    ids, config, actor = [application_of(worker)], config_of(content_app), actor_of(certifier)
    write(lambda s: service.certify_many(s, actor, ids, client_id=new_client_id(), at=AT))
    for pages, tables in ((False, RELEASING), (True, ("issue_tasks", "artifacts"))):
        for table in tables:
            before = [count(each) for each in (models.StatusEvent, models.Artifact, AuditEvent, Letter)]
            with refusing(table), pytest.raises(DBAPIError, match="refused for the test"):
                finish_issues(content_app, at=at, pages=pages)
            reading().rollback()
            assert [count(each) for each in (models.StatusEvent, models.Artifact, AuditEvent, Letter)] == before
            at += timedelta(minutes=10)  # the lease of a worker who failed to hand back ends
        assert finish_issues(content_app, at=at, pages=pages) == (0 if pages else 1)
        at += timedelta(minutes=10)
    assert (count(models.StatusEvent), count(models.Artifact)) == (1, 4)
    assert check_issued(config, at=at) == []
