"""Reading what is published: objects, words and their states, old revisions, and few queries."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from lms.assessments.specs import QuizSpec
from lms.content.cache import Cache
from lms.content.library import Text, Words, current, marks, source_of, words_of, worst
from lms.content.models import Revision
from lms.courses.specs import ModuleSpec
from lms.db import db, reading
from lms.errors import NotFound
from lms.publish import publish_directory
from tests.conftest import AT
from tests.content.sample import put, spoil, write_sample
from tests.content.test_checks import po


@pytest.fixture
def folder(tmp_path):
    folder = write_sample(tmp_path / "content")
    put(
        folder,
        "tracks/start.to.po",
        po("start.yml:title", "Start", "Kamata", state="approved", by="Ana", on="2026-11-22"),
    )
    return folder


@pytest.fixture
def library(app, folder):
    publish_directory(folder, at=AT)
    return current(reading())


def revision_id(locale: str, kind: str = "track") -> int:
    query = select(Revision.id).where(Revision.kind == kind, Revision.locale == locale).order_by(Revision.id)
    return reading().execute(query).scalars().first()


def test_before_anything_is_published(app):
    library = current(reading())
    assert (library.publication_number, library.publication_id, library.keys("track")) == (0, None, ())
    assert library.find("track", "start") is None


def test_what_is_published(library):
    assert library.publication_number == 1
    assert library.keys("module") == ("visits",)
    assert library.keys("film") == ()
    assert library.get("module", "visits").key == "visits"
    assert library.find("module", "gone") is None
    with pytest.raises(NotFound):
        library.get("module", "gone")


def test_specs_are_built_once(library):
    module = library.spec(ModuleSpec, "module", "visits")
    assert module is library.spec(ModuleSpec, "module", "visits")
    assert [lesson.key for lesson in module.lessons] == ["arriving", "leaving"]
    assert library.spec(QuizSpec, "module", "visits").pass_mark == 80


def test_words(library):
    words = library.words("track", "start", "to")
    assert words.text("start.yml:title", "Start") == Text("Kamata", "approved", "Start")
    assert words.text("start.yml:title", "Begin") == Text("Kamata", "stale", "Begin")
    assert words.text("start.yml:summary", "Short") == Text("Short", "missing", "Short")
    assert words.revision_id == revision_id("to")
    assert library.words("track", "start", "sm").revision_id is None
    assert library.words("track", "start", "en").text("start.yml:title", "Start") == Text("Start", "source", "Start")


def test_texts():
    assert str(Text("Kamata", "draft", "Start")) == "Kamata"
    assert [Text("a", state, "b").is_approved for state in ("source", "approved", "reviewed")] == [True, True, False]
    assert [Text("a", state, "b").is_english for state in ("source", "missing", "stale")] == [True, True, False]
    assert worst(["approved", "stale", "missing", "draft"]) == "stale"
    assert [worst(["missing", "missing"]), worst(["missing", "approved"]), worst([])] == ["missing", "partly", "source"]


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([], ()),
        (["source", "approved"], ()),
        (["missing", "missing"], ("missing",)),
        (["missing", "approved"], ("partly",)),
        (["missing", "stale", "reviewed", "approved"], ("stale", "partly", "draft")),
        (["partly"], ("partly",)),
        (["draft", "in review"], ("draft",)),
    ],
)
def test_what_a_page_says_of_its_words(states, said):
    assert marks(states) == said
    assert worst([]) == "source"


def test_old_revisions_stay_readable(library, folder):
    old, old_words = revision_id("en"), revision_id("to")
    spoil(folder, "tracks/start.yml", "title: Start", "title: Begin")
    publish_directory(folder, at=AT)
    reading().rollback()
    assert current(reading()).publication_number == 2
    assert current(reading()).get("track", "start").file("start.yml")["title"] == "Begin"
    assert source_of(reading(), old).file("start.yml")["title"] == "Start"
    assert words_of(reading(), old_words, "to").text("start.yml:title", "Start").state == "approved"


def test_revisions_of_the_wrong_sort(library):
    with pytest.raises(NotFound):
        source_of(reading(), revision_id("to"))
    with pytest.raises(NotFound):
        words_of(reading(), revision_id("en"), "to")
    with pytest.raises(NotFound):
        source_of(reading(), 999_999)
    assert words_of(reading(), None, "sm").entries == {}


def test_a_file_that_is_not_there(library):
    with pytest.raises(NotFound):
        library.get("track", "start").file("quiz.yml")


def test_one_query_once_it_is_known(library):
    statements = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert current(reading()) is library
    source_of(reading(), revision_id("en"))
    assert len([each for each in statements if "revisions" not in each]) == 1


def test_a_new_publication_reads_only_what_is_new(library, folder):
    spoil(folder, "tracks/start.yml", "title: Start", "title: Begin")
    publish_directory(folder, at=AT)
    reading().rollback()
    again = current(reading())
    assert again.get("module", "visits") is library.get("module", "visits")
    assert again.get("track", "start") is not library.get("track", "start")


def test_words_without_a_revision():
    assert Words("to").text("x", "y") == Text("y", "missing", "y")


def test_the_cache_forgets_the_least_used():
    cache: Cache[str] = Cache(2)
    cache.put("a", "1")
    cache.put("b", "2")
    assert cache.get("a", lambda: "again") == "1"
    cache.put("c", "3")
    assert (cache.find("a"), cache.find("b"), cache.find("c")) == ("1", None, "3")
    assert cache.get("b", lambda: "new") == "new"


def test_going_back_reads_nothing_anew(library, folder):
    spoil(folder, "tracks/start.yml", "title: Start", "title: Begin")
    publish_directory(folder, at=AT)
    reading().rollback()
    current(reading())
    spoil(folder, "tracks/start.yml", "title: Begin", "title: Start")
    publish_directory(folder, at=AT)
    reading().rollback()
    assert current(reading()).publication_number == 3
    assert current(reading()).get("track", "start") is library.get("track", "start")
