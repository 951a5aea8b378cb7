"""Workers who take a quiz in two tabs at once, over a faulty line, and write down what they were told."""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from lms.db import db
from tests.drills.faulty import CONTEXT, Line
from tests.factories import MadePerson, Make, sign_in
from tests.factories.learning import item, module, publish_drafts, standard

PROCESSES, AT_ONCE = 2, 4
QUIZ = "/modules/alpha/quiz"
#: Two tabs answer three questions each; what the other has not answered, a tab answers with "d" when it hands in.
HALVES = (("q-1", "q-2", "q-3"), ("q-4", "q-5", "q-6"))
PATIENCE = 180.0
TEMPLATES = """base.html ui.html ui_words.html assessments/start.html assessments/questions.html assessments/_clock.html
    assessments/result.html items/single/question.html items/single/answer.html items/chosen.html""".split()


def prepare(make: Make, app: Flask, count: int) -> list[tuple[MadePerson, str]]:
    """Publish a quiz of six questions and return workers with the cookies that they are signed in by."""
    app.config["WTF_CSRF_ENABLED"] = False
    quiz = {"pass_mark": 50, "items": [item(each) for half in HALVES for each in half]}
    publish_drafts([each for each in standard() if each.key != "alpha"] + [module("alpha", quiz=quiz)])
    for name in TEMPLATES:  # read once, not by each server that takes the place of a killed one
        app.jinja_env.get_template(name)
    found = []
    for number in range(count):
        person = make.person(f"Worker {number}")
        client = sign_in(app.test_client(), person)
        cookie = client.get_cookie("session")
        assert cookie is not None
        found.append((person, f"session={cookie.value}"))
    return found


def run(line: Line, workers: list[tuple[MadePerson, str]], folder: Path, seconds: float) -> list[dict[str, Any]]:
    """Let every worker take her quiz in two tabs, and return what they wrote down."""
    db.session.remove()
    shares = [workers[number::PROCESSES] for number in range(PROCESSES)]
    children = [
        CONTEXT.Process(target=_child, args=(line, share, folder / f"{number}.ledger"))
        for number, share in enumerate(shares)
    ]
    for child in children:
        child.start()
    end = time.monotonic() + seconds
    for child in children:
        child.join(max(0.1, end - time.monotonic()))
    codes = [child.exitcode for child in children]
    for child in children:
        child.kill()
    assert codes == [0] * PROCESSES, f"the drill did not come to its end: {codes}"
    return [json.loads(row) for path in folder.glob("*.ledger") for row in path.read_text("utf-8").splitlines()]


def _child(line: Line, share: list[tuple[MadePerson, str]], path: Path) -> None:
    waiting, gate = list(enumerate(share)), threading.Lock()
    with path.open("w", encoding="utf-8") as ledger:

        def note(**fact: Any) -> None:
            with gate:
                ledger.write(json.dumps(fact) + "\n")

        def work() -> None:
            while True:
                with gate:
                    if not waiting:
                        return
                    number, (person, cookie) = waiting.pop()
                tabs = [Tab(line, person, cookie, half, random.Random(number * 2 + half), note) for half in (0, 1)]
                threads = [threading.Thread(target=tab.take) for tab in tabs]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                with line.progress.get_lock():
                    line.progress.value += 1

        crews = [threading.Thread(target=work) for _ in range(AT_ONCE)]
        for each in crews:
            each.start()
        for each in crews:
            each.join()


@dataclass
class Page:
    """What a page of the quiz holds: the hidden fields of an open attempt, what is ticked, or the number told."""

    text: str

    @property
    def fields(self) -> dict[str, str]:
        """Return the hidden fields, {} where no attempt is open."""
        pattern = r'name="(client_id|attempt|seen|extensions)" type="hidden" value="([^"]*)"'
        return dict(re.findall(pattern, self.text))

    @property
    def ticked(self) -> dict[str, str]:
        """Return {question: what is chosen}."""
        return dict(re.findall(r'name="a-([^"]+)" id="[^"]+" value="([^"]+)" checked', self.text))

    @property
    def told(self) -> tuple[str, int] | None:
        """Return the attempt and the percent of a result."""
        attempt = re.search(r'data-done-attempt="([^"]+)"', self.text)
        percent = re.search(r"result is (\d+) percent", self.text)
        return (attempt[1], int(percent[1])) if attempt and percent else None


@dataclass
class Tab:
    """One of two tabs: it answers its half, saves, hands in, and asks again until it is told a number."""

    line: Line
    person: MadePerson
    cookie: str
    half: int
    chance: random.Random
    note: Any
    statuses: Counter[int] = field(default_factory=Counter)

    def take(self) -> None:
        """Take the quiz to its end."""
        mine = {each: self.chance.choice("abc") for each in HALVES[self.half]}
        page = self.begin()
        while not page.told:
            if self.save(page, {**page.ticked, **mine}) and self.chance.random() < 0.5:
                page = self.get()
            page = self.hand_in(page, mine)
        attempt, percent = page.told
        self.note(kind="told", attempt=attempt, percent=percent, person=self.person.person_id, tab=self.half)

    def begin(self) -> Page:
        """Return the page of the open attempt, or of its result."""
        page = self.get()
        while not page.fields and not page.told:
            self.send("POST", f"{QUIZ}/start", {"after": "0"})
            page = self.get()
        return page

    def get(self) -> Page:
        """Return the page of the quiz."""
        return Page(self.send("GET", QUIZ)[1])

    def save(self, page: Page, chosen: dict[str, str]) -> bool:
        """Save as the script does, and return whether it was acknowledged; write down what was."""
        if not page.fields:
            return False
        status, _ = self.send("POST", f"{QUIZ}/save", {**page.fields, **_named(chosen)})
        if status == 200:
            mine = {each: chosen[each] for each in HALVES[self.half]}
            self.note(kind="saved", attempt=page.fields["attempt"], answers=mine)
        return status == 200

    def hand_in(self, page: Page, mine: dict[str, str]) -> Page:
        """Hand in what the page shows with this tab's half; return the page after it."""
        if page.told or not page.fields:
            return self.get()
        rest = dict.fromkeys((*HALVES[0], *HALVES[1]), "d")
        sent = {**page.fields, **_named({**rest, **page.ticked, **mine}), "action": "submit"}
        self.send("POST", QUIZ, sent)
        return self.get()

    def send(self, method: str, path: str, body: dict[str, str] | None = None) -> tuple[int, str]:
        """Send a request again and again until it is answered; return the status and the text."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                answer = self.once(method, path, body)
            except (OSError, http.client.HTTPException):
                continue
            if answer[0] < 500:
                return answer
            self.note(kind="fault", status=answer[0], path=path)
        raise TimeoutError(path)

    def once(self, method: str, path: str, body: dict[str, str] | None) -> tuple[int, str]:
        """Send a request once over the faulty line."""
        connection = http.client.HTTPConnection(*self.line.address, timeout=20)
        #: A phone whose clock is wrong by half a day says so, and nobody listens.
        headers = {"Cookie": self.cookie, "Connection": "close", "Date": "Thu, 01 Jan 1970 00:00:00 GMT"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(body) if body is not None else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def _named(chosen: dict[str, str]) -> dict[str, str]:
    return {f"a-{item_id}": value for item_id, value in chosen.items()}
