"""One module in four languages: one changed sentence, one completion from several, and publishing meanwhile."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from lms.assessments.models import Attempt, AttemptAnswer
from lms.assessments.service import Shown, start_attempt
from lms.commands import cli
from lms.config import ROOT
from lms.content.library import current
from lms.courses.models import LessonProgress, ModuleCompletion
from lms.db import reading, write
from lms.translating.queries import count_progress
from tests.assessments.test_service import sheet, submit
from tests.conftest import AT
from tests.conftest import Browser as Client
from tests.factories import PASSPHRASE, Make
from tests.factories.learning import QUIZ, RIGHT, actor_of, module, publish_drafts, standard, words
from tests.journeys.browser import Browser, Page

TONGUES = ("es", "to", "sm")


def visit(app: Flask, email: str) -> Browser:
    """Return a browser without scripts in which somebody is signed in."""
    app.test_client_class = Client
    browser = Browser(app.test_client())
    browser.sign_in(email, PASSPHRASE)
    return browser


# ── One English sentence changes ──────────────────────────────────────────────

OLD, NEW = "Charge your phone. Wear your badge and flat shoes.", "Charge your phone and wear your badge."
#: Of its block, as it is now.
WORDS = 12


def stale() -> dict[str, int]:
    """Return how many sentences of all modules and surveys are of older English, by language."""
    reading().rollback()
    found = dict.fromkeys(TONGUES, 0)
    for each in count_progress(current(reading())):
        found[each.locale] += each.count.states["stale"]
    reading().rollback()
    return found


def stale_on(board: str, track: str, tag: str) -> str:
    """Return how many words of a track are of older English in a language, as the board says."""
    row = re.search(rf'<a href="/content/tracks/{track}/{tag}">.*?</tr>', board, re.DOTALL)
    assert row
    cell = re.search(r'data-label="Of older English"[^>]*>(.*?)</td>', row[0], re.DOTALL)
    assert cell
    said = re.search(r"\((\d+)\)", cell[1])
    return said[1] if said else " ".join(cell[1].split())


def test_one_changed_english_sentence_makes_exactly_that_one_stale(
    content_app: Flask, make: Make, tmp_path: Path
) -> None:
    """In the files, in the counts of the command and of the board, and on the lesson's page, in three languages."""
    assert stale() == dict.fromkeys(TONGUES, 0)
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content", folder)
    lesson = folder / "modules" / "outreach" / "lessons" / "staying-safe.md"
    text = lesson.read_text(encoding="utf-8")
    assert text.count(OLD) == 1
    lesson.write_text(text.replace(OLD, NEW), encoding="utf-8")
    runner = content_app.test_cli_runner()
    extracted = runner.invoke(cli, ["content", "extract", str(folder)])
    assert extracted.output.endswith("3 files changed.\n"), extracted.output
    status = json.loads(runner.invoke(cli, ["content", "status", "--json", str(folder)]).stdout)
    figures = {row["language"]: row["stale"] for row in status if row["track"] == "core"}
    assert figures == {"en": 0, **dict.fromkeys(TONGUES, WORDS)}, "its words alone"
    assert runner.invoke(cli, ["content", "publish", str(folder)]).exit_code == 0
    assert stale() == dict.fromkeys(TONGUES, 1)
    board = visit(content_app, make.person(roles=("analyst",)).email).get("/content").html
    assert {tag: stale_on(board, "core", tag) for tag in TONGUES} == dict.fromkeys(TONGUES, str(WORDS))
    for tag in TONGUES:
        phone = visit(content_app, make.person(language=tag).email)
        page = phone.get("/modules/outreach/lessons/staying-safe").html
        pieces = re.findall(r'<div class="piece stale">(.*?)</div>\s*</div>', page, re.DOTALL)
        assert len(pieces) == 1, tag
        assert NEW in pieces[0], "today's English stands open beneath it"
        assert page.count("tag--stale") == 2, "the page and the sentence's block"


# ── One completion from several languages ─────────────────────────────────────

LESSONS = ("one", "two", "three", "four")


def fill_library() -> None:
    """Publish a module of four lessons with Samoan words, drafts all of them."""
    made = module("delta", LESSONS)
    entries = {"module.yml:title": ("Title of delta", "Ulutala o delta", "draft")}
    for key in LESSONS:
        entries |= {
            f"lessons/{key}.md:title": (f"Lesson {key}", f"Lesona {key}", "draft"),
            f"lessons/{key}.md:part-of-{key}.2": (f"Words of {key}.", f"ʻUpu o {key}.", "draft"),
        }
    for item in QUIZ["items"]:
        entries[f"quiz.yml:{item['id']}.prompt"] = (item["prompt"], f"Fesili {item['id']}?", "draft")
    publish_drafts([*standard(), made, words("module", "delta", "sm", entries)])


def in_language(page: Page, tag: str) -> Page:
    """Press a language button of a page."""
    return page.browser.post(f"/language/{tag}", page.form("/language/").fields)


def finish(page: Page) -> Page:
    """Press the one large button under a lesson."""
    return page.send(page.form("/lessons/", having="client_id"))


def test_a_module_learned_in_several_languages_is_completed_once(app: Flask, make: Make) -> None:
    """Three lessons in Samoan, the fourth in English, the quiz in both; places and answers stay, without scripts."""
    fill_library()
    worker = make.person("Sina", language="sm")
    phone = visit(app, worker.email)
    page = phone.get("/modules/delta/lessons/one")
    for key in LESSONS[:3]:
        assert (page.lang, page.address) == ("sm", f"/modules/delta/lessons/{key}")
        assert f"ʻUpu o {key}." in page.text
        page = finish(page)
    assert "ʻUpu o four." in page.text
    page = in_language(page, "en")
    assert (page.lang, page.address) == ("en", "/modules/delta/lessons/four"), "the place is kept"
    assert "Words of four." in page.text
    finish(page)
    in_language(phone.get("/learn"), "sm")
    page = phone.get("/modules/delta/quiz?both=1")
    page = page.send(page.form("/quiz/start"))
    assert "Fesili q-one?" in page.text
    assert "Prompt of q-one?" in page.text
    form = page.form("/quiz", having="client_id")
    answers: dict[str, Any] = {f"a-{key}": list(chosen) for key, chosen in RIGHT.items()}
    switched = page.send(form, ("_language", "en"), **{"a-q-one": ["a"]})
    assert switched.form("/quiz", having="client_id").fields.getlist("a-q-one") == ["a"], "what was ticked is kept"
    page = switched.send(switched.form("/quiz", having="client_id"), ("_language", "sm"))
    assert page.lang == "sm"
    submit_button = next(each for each in page.form("/quiz", having="client_id").buttons if each[1] == "submit")
    page.send(page.form("/quiz", having="client_id"), submit_button[:2], **answers)
    page = phone.get("/modules/delta/survey")
    form = page.form("/survey", having="csrf_token")
    chosen = {name: form.choices.getlist(name)[-1] for name in dict.fromkeys(form.choices)}
    typed = page.send(form, ("_language", "en"), **chosen)
    assert typed.lang == "en"
    again = typed.form("/survey", having="csrf_token")
    assert {name: again.fields[name] for name in chosen} == chosen
    typed.send(again)
    reading().rollback()
    done = reading().execute(select(ModuleCompletion.round, ModuleCompletion.language)).all()
    assert [tuple(row) for row in done] == [(1, "sm")], "the language of its quiz"
    lessons = dict(reading().execute(select(LessonProgress.lesson_key, LessonProgress.shown_language)).all())
    assert lessons == {"one": "sm", "two": "sm", "three": "sm", "four": "en"}
    quiz = set(reading().scalars(select(AttemptAnswer.shown_language)))
    assert quiz == {"sm+en"}


# ── Publishing while attempts are open ────────────────────────────────────────

MANY = 200
LIMITED = {**QUIZ, "limits": {"minutes": 30}}


def other_quiz() -> dict[str, Any]:
    """Return the quiz with other questions, words, keys, points, options, mark and time."""
    items = [
        {**item, "prompt": f"Another {item['prompt']}", "points": 7, "feedback": "Other feedback."}
        for item in QUIZ["items"]
    ]
    items[0] |= {"key": ["d"], "options": [{"id": each, "text": f"Other {each}"} for each in "dcbae"]}
    items[2] |= {"key": False}
    return {**QUIZ, "pass_mark": 100, "items": items[::2], "limits": {"minutes": 5, "attempts": 1}}


def open_attempts() -> list[tuple[Any, ...]]:
    """Return everything that is kept of the attempts, in the order in which they began."""
    reading().rollback()
    columns = list(Attempt.__table__.columns)
    return [tuple(row) for row in reading().execute(select(*columns).order_by(Attempt.id))]


def asked(page: Page) -> tuple[str, list[str]]:
    """Return the words of a quiz's page and what each of its questions offers."""
    form = page.form("/quiz", having="client_id")
    fields = sorted(f"{name}={value}" for name, value in form.choices.items(multi=True))
    return re.sub(r"\d+ (min|s)\b|\d+:\d\d", "", page.text), fields


def test_publishing_changes_no_open_attempt(app: Flask, make: Make) -> None:
    """Two hundred are open: questions, words, order, key and deadline stay, for each of them."""
    others = [each for each in standard() if (each.kind, each.key, each.locale) != ("module", "alpha", "en")]
    publish_drafts([*others, module("alpha", quiz=LIMITED)])
    people = [make.person(language="to" if number % 2 else "en") for number in range(MANY)]
    actors = [actor_of(each, "to" if number % 2 else "en") for number, each in enumerate(people)]
    begun = write(
        lambda s: [
            start_attempt(s, actor, "alpha", shown=Shown(actor.language), at=AT + timedelta(seconds=number))
            for number, actor in enumerate(actors)
        ]
    )
    phones = [visit(app, people[number].email) for number in (0, 1, 2)]
    before, rows = [asked(phone.get("/modules/alpha/quiz")) for phone in phones], open_attempts()
    assert len(rows) == MANY
    changed = words(
        "module", "alpha", "to", {"quiz.yml:q-one.prompt": ("Another Prompt of q-one?", "Kehe?", "approved")}
    )
    publish_drafts([*[each for each in others if each.key != "alpha"], module("alpha", quiz=other_quiz()), changed])
    assert open_attempts() == rows
    assert [asked(phone.get("/modules/alpha/quiz")) for phone in phones] == before
    done = [
        submit(actor, sheet(public_id, RIGHT), shown=Shown(actor.language), at=AT + timedelta(minutes=20))
        for actor, public_id in zip(actors, begun, strict=True)
    ]
    assert {each.passed for each in done} == {True}
    reading().rollback()
    graded = reading().execute(select(Attempt.points, Attempt.max_points, Attempt.percent, Attempt.revision_id)).all()
    assert len(set(graded)) == 1
    assert tuple(graded[0])[:3] == (5, 5, 100), "by the key and the points with which they began"
