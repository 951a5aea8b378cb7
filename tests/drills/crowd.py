"""Many processes at once, killed at random: each submits, gives feedback and certifies through real requests."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.context import ForkContext
from pathlib import Path
from typing import Any

from flask import Flask

from lms.actor import Actor
from lms.certificates.jobs import finish_issues
from lms.clock import now
from lms.content.library import Library, current
from lms.courses.service import Shown, finish_lesson
from lms.courses.specs import ModuleSpec
from lms.db import db, reading, write
from lms.demo.learning import answer_survey
from lms.demo.quizzes import Clock, take_quiz
from lms.tracks.service import enrol
from tests.conftest import AT
from tests.conftest import Browser as Client
from tests.factories import MadePerson, Make, sign_in
from tests.factories.learning import secret_key
from tests.journeys.browser import Browser, Page
from tests.journeys.test_story import quiz_keys

PROCESSES = 8
MODULE = "outreach"


@dataclass
class Crowd:
    """The people of one drill, and where each process writes down what was acknowledged to it."""

    workers: list[MadePerson]
    certifiers: list[MadePerson]
    folder: Path
    answers: Counter[str] = field(default_factory=Counter)

    def ledger(self) -> list[dict[str, Any]]:
        """Return every acknowledgement that any process wrote down."""
        lines = []
        for path in self.folder.glob("*.ledger"):
            whole = path.read_text(encoding="utf-8").rpartition("\n")[0]  # a killed process may leave half a line
            lines += [json.loads(line) for line in whole.splitlines()]
        return lines


def gather(app: Flask, make: Make, count: int, folder: Path) -> Crowd:
    """Return `count` workers who are one quiz and one survey away from completing the short track."""
    workers = [make.person(f"Worker {number}") for number in range(count)]
    certifiers = [make.person(f"Certifier {number}", roles=("certifier",)) for number in range(PROCESSES)]
    library = current(reading())
    for worker in workers:
        actor = Actor(worker.account_id, worker.person_id, worker.person_public_id, "", "en", AT.date())
        write(lambda session, actor=actor: _almost(session, library, actor))  # type: ignore[misc]
    return Crowd(workers, certifiers, folder)


def _almost(session: Any, library: Library, actor: Actor) -> None:
    enrol(session, [actor.person_id], "first-steps", at=AT)
    for key in ("communication", MODULE):
        for lesson in library.spec(ModuleSpec, "module", key).lessons:
            finish_lesson(session, actor, key, lesson.key, shown=Shown("en"), at=AT)
    clock = Clock(AT, timedelta(minutes=1))
    take_quiz(session, library, actor, "communication", "en", clock, wrong=0)
    module = library.spec(ModuleSpec, "module", "communication")
    answer_survey(session, library, actor, module, "en", random.Random(1), clock.tick(), secret_key=secret_key())


def run(app: Flask, crowd: Crowd, *, kills: int, seconds: float) -> int:
    """Run eight processes until each has done its part, killing some meanwhile; return how many were killed."""
    db.session.remove()
    context: ForkContext = multiprocessing.get_context("fork")
    children = {n: _start(context, app, crowd, n) for n in range(PROCESSES)}
    killed, chance, deadline = 0, random.Random(7), time.monotonic() + seconds
    while children and time.monotonic() < deadline:
        time.sleep(chance.uniform(0.05, 0.4))
        for number, child in list(children.items()):
            if child.exitcode == 0:
                del children[number]
            elif child.exitcode is not None:
                children[number] = _start(context, app, crowd, number)
        if killed < kills and children:
            victim = chance.choice(list(children.values()))
            if victim.pid and victim.is_alive():
                os.kill(victim.pid, signal.SIGKILL)
                victim.join()
                killed += 1
    for child in children.values():
        child.kill()
    assert not children, "the drill did not come to its end in time"
    return killed


def _start(context: ForkContext, app: Flask, crowd: Crowd, number: int) -> Any:
    child = context.Process(target=_child, args=(app, crowd, number))
    child.start()
    return child


def _child(app: Flask, crowd: Crowd, number: int) -> None:
    """Be one process: two tabs of neighbouring workers, and one certifier."""
    app.test_client_class = Client
    path = crowd.folder / f"{number}-{os.getpid()}.ledger"
    with path.open("a", encoding="utf-8") as ledger:

        def note(**fact: Any) -> None:
            ledger.write(json.dumps(fact) + "\n")
            ledger.flush()
            os.fsync(ledger.fileno())

        mine = [w for n, w in enumerate(crowd.workers) if number in (n % PROCESSES, (n + 1) % PROCESSES)]
        random.Random(number).shuffle(mine)
        for worker in mine:
            finish_track(app, worker, note)
        certify_what_waits(app, crowd.certifiers[number], note)
        with app.app_context():
            finish_issues(app, at=now())


def finish_track(app: Flask, worker: MadePerson, note: Any) -> None:
    """Submit the quiz, twice with the same form, and give feedback, as one of two tabs."""
    browser = Browser(app.test_client())
    sign_in(browser.client, worker)
    page = checked(browser.get(f"/modules/{MODULE}/quiz"), note)
    if any("quiz/start" in form.action for form in page.forms):
        page = checked(page.send(page.form("quiz/start")), note)
    if any("client_id" in form.fields and form.choices for form in page.forms):
        form = page.form("/quiz", having="client_id")
        keys = quiz_keys(MODULE)
        answers = {name: keys[next(k for k in keys if name.endswith(k))] for name in dict.fromkeys(form.choices)}
        submit = next(button for button in form.buttons if "submit" in button[1])
        for _ in range(2):
            done = page.send(form, (submit[0], submit[1]), **answers)
            note(kind="submit", worker=worker.person_id, status=done.status)
    page = checked(browser.get(f"/modules/{MODULE}/survey"), note)
    if any(form.choices for form in page.forms):
        form = page.form("/survey", having="csrf_token")
        given = {name: form.choices.getlist(name)[-1] for name in dict.fromkeys(form.choices)}
        note(kind="survey", worker=worker.person_id, status=page.send(form, **given).status)
    confirm_name(browser, note)


def confirm_name(browser: Browser, note: Any) -> None:
    """Say that the name on the certificate is right, where the worker's first page asks for it."""
    page = checked(browser.get("/learn"), note)
    asked = [href for href, _ in page.links if href.startswith("/record/applications/") and href.endswith("/name")]
    if asked:
        page = checked(browser.get(asked[0]), note)
        if any("client_id" in form.fields for form in page.forms):
            note(kind="name", status=page.send(page.form("", having="client_id")).status)


def certify_what_waits(app: Flask, certifier: MadePerson, note: Any) -> None:
    """Certify every application that waits; another certifier may be faster, which is no fault."""
    browser = Browser(app.test_client())
    sign_in(browser.client, certifier)
    for _ in range(200):
        page = checked(browser.get("/certify"), note)
        links = [href for href, _ in page.links if "/certify/applications/" in href]
        if not links:
            return
        page = browser.get(links[0])
        if page.status == 200 and any("outcome" in {*form.choices, *form.fields} for form in page.forms):
            note(kind="certify", status=page.send(page.form("", having="outcome"), outcome="certify").status)


def checked(page: Page, note: Any) -> Page:
    """Note a page's status and return it."""
    note(kind="page", status=page.status)
    return page
