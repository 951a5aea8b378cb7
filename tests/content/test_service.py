"""Publishing: numbered versions that never change, texts used again, nothing written when nothing changed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.audit.models import AuditEvent
from lms.content import service
from lms.content.folder import read_folder
from lms.content.models import Publication, PublicationItem, Revision
from lms.db import reading, write
from lms.errors import BadInput
from lms.publish import SHAPES, publish_directory
from tests.conftest import AT
from tests.content.sample import put, spoil, write_sample
from tests.content.test_checks import po


@pytest.fixture
def folder(tmp_path):
    return write_sample(tmp_path / "content")


def count(model) -> int:
    reading().rollback()
    return reading().execute(select(func.count()).select_from(model)).scalar_one()


def publish(folder: Path, **more):
    return publish_directory(folder, at=AT, **more)


def test_the_first_publication(app, make, folder):
    person = make.person()
    answer = publish(folder, actor_account_id=person.account_id)
    assert (answer.number, answer.is_new) == (1, True)
    assert [str(change) for change in answer.changes] == [
        "added certificate done (en)",
        "added framework skills (en)",
        "added module visits (en)",
        "added survey opinion (en)",
        "added track module-visits (en)",
        "added track start (en)",
    ]
    row = reading().execute(select(Publication)).scalar_one()
    assert (row.number, row.published_at, row.actor_account_id) == (1, AT, person.account_id)
    assert count(Revision) == count(PublicationItem) == 6
    assert reading().execute(select(AuditEvent.action, AuditEvent.subject_id)).all() == [("content.published", "1")]


def test_the_same_content_is_not_published_twice(app, folder):
    publish(folder)
    answer = publish(folder)
    assert (answer.number, answer.is_new, answer.changes) == (1, False, ())
    assert count(Publication) == 1
    assert count(AuditEvent) == 1


def test_a_change_makes_the_next_number_and_uses_the_rest_again(app, folder):
    publish(folder)
    spoil(folder, "tracks/start.yml", "title: Start", "title: Begin")
    put(folder, "tracks/start.to.po", po("start.yml:title", "Begin", "Kamata"))
    answer = publish(folder)
    assert [str(change) for change in answer.changes] == ["changed track start (en)", "added track start (to)"]
    assert answer.number == 2
    assert count(Revision) == 8
    assert count(PublicationItem) == 6 + 7


def test_going_back_uses_the_old_text_again(app, folder):
    publish(folder)
    spoil(folder, "tracks/start.yml", "title: Start", "title: Begin")
    publish(folder)
    spoil(folder, "tracks/start.yml", "title: Begin", "title: Start")
    answer = publish(folder)
    assert (answer.number, answer.is_new) == (3, True)
    assert count(Revision) == 7


def test_what_disappears_is_retired_and_its_text_stays(app, folder):
    put(folder, "tracks/start.to.po", po("start.yml:title", "Start", "Kamata"))
    put(folder, "tracks/other.yml", (folder / "tracks/start.yml").read_text().replace("key: start", "key: other"))
    publish(folder)
    (folder / "tracks/start.yml").unlink()
    (folder / "tracks/start.to.po").unlink()
    answer = publish(folder)
    assert [str(change) for change in answer.changes] == ["retired track start (en)", "retired track start (to)"]
    assert count(Revision) == 8


def test_a_dry_run_says_the_same_and_writes_nothing(app, folder):
    dry = publish(folder, dry_run=True)
    assert count(Publication) == count(Revision) == 0
    assert publish(folder) == dry
    assert not publish(folder, dry_run=True).is_new


def test_content_with_a_problem_is_not_published(app, folder):
    spoil(folder, "tracks/start.yml", "level: entry", "level: none-such")
    with pytest.raises(BadInput) as caught:
        publish(folder)
    assert caught.value.problems[0].line == 4
    assert count(Publication) == count(Revision) == 0


def test_a_publication_is_whole_or_not_at_all(app, folder):
    drafts = tuple(service.drafts_of(read_folder(folder, SHAPES)))

    def fail(session):
        service.publish(session, drafts, None, at=AT)
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        write(fail)
    assert count(Publication) == count(Revision) == count(PublicationItem) == 0


def test_two_publishers_at_once_make_one_version(app, folder):
    drafts = tuple(service.drafts_of(read_folder(folder, SHAPES)))
    answers = []

    def run():
        with app.app_context():
            answers.append(write(lambda session: service.publish(session, drafts, None, at=AT)))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((answer.number, answer.is_new) for answer in answers) == [(1, False)] * 3 + [(1, True)]
    assert count(Publication) == 1
    assert count(PublicationItem) == 5


def test_the_words_of_a_locale(app, folder):
    put(
        folder,
        "tracks/start.to.po",
        po("start.yml:title", "Begin", "Kamata", state="approved", by="Ana", on="2026-11-22"),
    )
    publish(folder)
    body = reading().execute(select(Revision.body).where(Revision.locale == "to")).scalar_one()
    assert body == {"words": {"start.yml:title": {"text": "Kamata", "state": "stale", "source": "Begin"}}}


def test_a_locale_without_words_is_not_published(app, folder):
    put(folder, "tracks/start.to.po", po("start.yml:title", "Start", ""))
    publish(folder)
    assert reading().execute(select(Revision.locale).distinct()).scalars().all() == ["en"]


def test_the_body_of_a_module(app, folder):
    publish(folder)
    body = reading().execute(select(Revision.body).where(Revision.kind == "module")).scalar_one()
    assert sorted(body["files"]) == ["lessons/arriving.md", "lessons/leaving.md", "module.yml", "quiz.yml"]
    assert body["files"]["lessons/leaving.md"] == {
        "title": "Leaving",
        "minutes": 8,
        "objectives": ["Say goodbye."],
        "markdown": "Say when you come back.\n",
    }


def test_equal_texts_of_two_languages_do_not_mix(app, folder):
    for locale in ("to", "sm"):
        put(folder, f"tracks/start.{locale}.po", po("start.yml:title", "Start", "A").replace(": to", f": {locale}"))
    publish(folder)
    (folder / "tracks/start.sm.po").unlink()
    assert [str(change) for change in publish(folder).changes] == ["retired track start (sm)"]
    assert count(PublicationItem) == 8 + 7
