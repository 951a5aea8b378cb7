"""Pages of corrections: looking, proposing, doing and refusing, and the tables."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.assessments.models import Attempt, Regrade
from lms.assessments.service import Shown
from lms.content.library import current
from lms.db import reading
from tests.assessments.test_regrading import HARDER, Office, outcome_of
from tests.assessments.test_service import WRONG, sheet, start, submit
from tests.assessments.test_views import counting
from tests.factories import MadePerson, Make, sign_in
from tests.factories.learning import QUIZ, RIGHT, UNSAFE, actor_of, item, module, publish_drafts, standard

NEW = "/content/regrades/new"
ASKED = f"{NEW}?key=alpha&d=q-one:everyone"


class Desk:
    """A certifier and a second one, each in front of the same browser in turn."""

    def __init__(self, client: FlaskClient, make: Make) -> None:
        self.client, self.office = client, Office(make)
        self.people = [make.person(name, roles=("certifier",)) for name in ("First", "Second")]
        sign_in(client, self.people[0])

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text[:2000]
        return html.unescape(answer.text)

    def send(self, path: str, status: int = 302, **data: str) -> Any:
        page = self.client.get(path).text
        answer = self.client.post(path, data={**hidden(page), **data})
        assert answer.status_code == status, answer.text
        return answer

    def propose(self, path: str = ASKED, **data: str) -> str:
        return str(self.send(path, **{"reason": "The key was wrong.", **data}).headers["Location"])

    def second(self) -> None:
        sign_in(self.client, self.people[1])


def hidden(page: str) -> dict[str, str]:
    fields = {}
    for name in ("client_id", "mark"):
        match = re.search(rf'name="{name}" type="hidden" value="([^"]*)"', page)
        if match:
            fields[name] = match[1]
    return fields


@pytest.fixture
def desk(app: Flask, client: FlaskClient, make: Make) -> Desk:
    return Desk(client, make)


def took(desk: Desk, name: str, chosen: Any, shown: Shown | None = None) -> MadePerson:
    person = desk.office.make.person(name)
    desk.office.take(actor_of(person), chosen, shown=shown)
    return person


def test_a_correction_from_the_first_look_to_the_result(desk: Desk) -> None:
    ana = took(desk, "Ana Unsafe", UNSAFE)
    assert 'value="alpha"' in desk.get("/content/regrades")
    page = desk.get(f"{NEW}?key=alpha&item=q-one")
    assert "q-one:accept:c" in page
    assert "“Option c of q-one” is right too" in page
    page = desk.get(ASKED)
    for words in ("Ana Unsafe", "4 of 5, 80 percent", "5 of 5, 100 percent", "Passes now"):
        assert words in page
    path = desk.propose()
    page = desk.get(path)
    assert "Do exactly this" not in page, "a second person has to"
    assert "The key was wrong." in page
    desk.second()
    assert "Waits for a second person" in desk.get("/content/regrades")
    assert "Do exactly this" in desk.get(path)
    answer = desk.client.post(f"{path}/apply")
    assert answer.headers["Location"] == path
    page = desk.get(path)
    assert "1 result was corrected." in page
    assert "What was done" in page
    assert "Ana Unsafe" in page
    reading().rollback()
    assert outcome_of(actor_of(ana)) == (5, 5, 100, True)
    sign_in(desk.client, ana)
    page = desk.get("/modules/alpha/quiz")
    assert "Your result was corrected on" in page
    assert "80 percent before, 100 percent now." in page
    assert "The key was wrong." in page


def test_who_hands_in_later_is_corrected_then_and_counted(desk: Desk) -> None:
    took(desk, "Ana", UNSAFE)
    path = desk.propose()
    desk.second()
    desk.client.post(f"{path}/apply")
    late = took(desk, "Late Unsafe", UNSAFE)
    page = desk.get(path)
    assert "not corrected yet" not in page
    assert "Late Unsafe" in page
    assert re.search(r"Corrected when handed in</dt>\s*<dd>1<", page)
    assert re.search(r"Passes now</dt>\s*<dd>1<", page)
    listed = page.partition("Corrected when handed in: who")[2]
    assert "Late Unsafe" in listed
    assert "Ana</bdi>" not in listed
    assert "Late Unsafe" not in page.partition("Passes now: who")[2].partition("</details>")[0]
    sign_in(desk.client, late)
    page = desk.get("/modules/alpha/quiz")
    assert "A question of this quiz was wrong. We corrected it on" in page
    assert "Without that your result would be 80 percent. Now it is 100 percent." in page
    assert "The key was wrong." in page
    assert "Your result was corrected" not in page


def test_what_got_no_better_by_itself_is_offered_to_a_person(desk: Desk) -> None:
    late = actor_of(desk.office.make.person("Late Fewer"))
    answers = sheet(start(late), {**WRONG, "q-one": ("a",)})
    took(desk, "Ana", {**RIGHT, "q-one": ("b",)})
    publish_drafts([*standard()[:4], module("alpha", survey=None, quiz=HARDER)])
    revision = current(reading()).get("module", "alpha").revision_id
    path = desk.propose(f"{NEW}?key=alpha&d=q-one:version:{revision}")
    desk.second()
    desk.client.post(f"{path}/apply")
    assert "not corrected yet" not in desk.get(path)
    submit(late, answers)
    page = desk.get(path)
    assert "1 result was open or waiting then, and is not corrected yet." in page
    again = re.search(r'href="(/content/regrades/new[^"]*)"', page)
    assert again
    page = desk.get(again[1])
    assert "Late Fewer" in page
    assert "Fewer points" in page


def test_attempts_in_mended_questions_are_not_offered(desk: Desk) -> None:
    took(desk, "Ana", UNSAFE)
    path = desk.propose()
    desk.second()
    desk.client.post(f"{path}/apply")
    mended = [item("q-one", critical=True, prompt="Mended?"), *QUIZ["items"][1:]]
    publish_drafts([*standard()[:4], module("alpha", survey=None, quiz={**QUIZ, "items": mended})])
    took(desk, "New", UNSAFE)
    assert "not corrected yet" not in desk.get(path)


def test_the_tables_hold_everybody(desk: Desk) -> None:
    took(desk, "Unsafe", UNSAFE)
    took(desk, "Right", RIGHT)
    before = desk.client.get(f"{NEW}.csv?key=alpha&d=q-one:everyone")
    assert before.mimetype == "text/csv"
    assert before.text.count("\r\n") == 3
    assert '"Unsafe",1,1,"en",4,80,5,100,"Passes now"' in before.text
    assert '"No change"' in before.text
    path = desk.propose()
    assert desk.client.get(f"{path}/table.csv").text == before.text
    desk.second()
    desk.client.post(f"{path}/apply")
    after = desk.client.get(f"{path}/table.csv").text
    assert '"Passes now"' in after
    assert '"Right"' not in after, "who is not touched is no part of what was done"


def test_a_pass_is_taken_away_by_tick_and_reason(desk: Desk) -> None:
    ana = took(desk, "Ana", RIGHT)
    publish_drafts([*standard()[:4], module("alpha", survey=None, quiz=HARDER)])
    later = current(reading()).get("module", "alpha").revision_id
    path = f"{NEW}?key=alpha&d=q-one:version:{later}"
    assert f"q-one:version:{later}" in desk.get(f"{NEW}?key=alpha&item=q-one&version={_first_revision()}")
    page = desk.get(path)
    assert "Pass kept" in page
    assert "Take away: Ana, would have 80 percent" in page
    public_id = reading().execute(select(Attempt.public_id)).scalar_one()
    answer = desk.send(path, 400, reason="Wrong key.", **{f"take-{public_id}": "1"})
    assert "Please give a reason." in answer.text
    assert "checked" in answer.text, "what was ticked stays"
    answer = desk.send(path, 400, reason="Wrong key.")
    assert "This changes nobody's result." in html.unescape(answer.text)
    done = desk.propose(path, **{f"take-{public_id}": "1", f"why-{public_id}": "Copied."})
    desk.second()
    desk.client.post(f"{done}/apply")
    assert "1 result was corrected." in desk.get(done)
    sign_in(desk.client, ana)
    page = desk.get("/modules/alpha/quiz")
    assert "The key was wrong." in page
    assert "Copied." in page


def _first_revision() -> int:
    return reading().execute(select(Attempt.revision_id)).scalars().first() or 0


def test_what_cannot_be_done_is_said(desk: Desk) -> None:
    ana = took(desk, "Ana", UNSAFE)
    assert "This changes nobody's result." in desk.get(f"{NEW}?key=alpha&d=q-three:everyone")
    everything = "&".join(f"d={each}:drop" for each in ("q-one", "q-two", "q-three"))
    assert "Nothing worth a point would be left" in desk.get(f"{NEW}?key=alpha&{everything}")
    for wrong in ("q-one", "q-nine:drop", "q-one:accept:a", "q-one:version:99999", "nonsense:x"):
        assert "Please choose one of those that are offered." in desk.get(f"{NEW}?key=alpha&d={wrong}")
    answer = desk.send(ASKED, 400)
    assert "Please give a reason." in answer.text
    page = desk.client.get(ASKED).text
    took(desk, "Bea", UNSAFE)
    answer = desk.client.post(ASKED, data={**hidden(page), "reason": "Why."})
    assert answer.status_code == 400
    assert "Something has changed since." in answer.text
    assert "Bea" in answer.text, "the page shows what would happen now"
    assert desk.client.post(ASKED, data={**hidden(page), "mark": "x", "reason": "Why."}).status_code == 400
    assert ana


@pytest.mark.parametrize(
    "query", ["", "key=none", "key=alpha&locale=xx", "key=alpha&version=abc", "key=alpha&version=999999", "key=gamma"]
)
def test_an_address_that_asks_for_nothing_is_missing(desk: Desk, query: str) -> None:
    desk.get(f"{NEW}?{query}", 404)


@pytest.mark.parametrize("decisions", [("::::",), ("q-one:accept:zz",), ("q-one:drop", "q-two:drop", "q-three:drop")])
def test_there_is_no_table_of_what_cannot_be_done(desk: Desk, decisions: tuple[str, ...]) -> None:
    took(desk, "Ana", RIGHT)
    desk.get(f"{NEW}.csv?key=alpha&" + "&".join(f"d={each}" for each in decisions), 404)


def test_a_revision_of_something_else_is_missing(desk: Desk) -> None:
    other = current(reading()).get("survey", "feedback").revision_id
    desk.get(f"{NEW}?key=alpha&version={other}", 404)


def test_language_and_version_narrow_it(desk: Desk) -> None:
    took(desk, "English", UNSAFE)
    took(desk, "Tongan", UNSAFE, Shown("to"))
    page = desk.get(f"{ASKED}&locale=to&version={_first_revision()}")
    assert "Tongan" in page
    assert "English</bdi>" not in page
    assert "version 1 of" in page
    path = desk.propose(f"{ASKED}&locale=to&version={_first_revision()}")
    page = desk.get(path)
    assert "Lea faka-Tonga" in page
    assert "version 1" in page


def test_a_correction_that_moved_is_not_done(desk: Desk) -> None:
    took(desk, "Ana", UNSAFE)
    path = desk.propose()
    took(desk, "Bea", UNSAFE)
    desk.second()
    page = desk.get(path)
    assert "Something has changed since this was proposed." in page
    assert "Do exactly this" not in page
    desk.client.post(f"{path}/apply")
    assert "Something has changed since. Please look at it again." in desk.get(path)
    reading().rollback()
    assert reading().execute(select(Regrade.state)).scalar_one() == "proposed"


def test_a_correction_is_refused_on_its_page(desk: Desk) -> None:
    took(desk, "Ana", UNSAFE)
    path = desk.propose()
    desk.second()
    assert desk.client.post(f"{path}/refuse", data={"note": ""}).status_code == 400
    assert desk.client.post(f"{path}/refuse", data={"note": "The key is right."}).status_code == 302
    page = desk.get(path)
    assert "Refused" in page
    assert "The key is right." in page
    answer = desk.client.post(f"{path}/refuse", data={"note": "Again."})
    assert "Somebody else has decided this a moment ago." in answer.text


def test_what_was_corrected_of_a_module_that_is_gone_can_be_read(desk: Desk) -> None:
    took(desk, "Ana", UNSAFE)
    path = desk.propose()
    publish_drafts(standard()[:1])
    page = desk.get(path)
    assert "q-one" in page
    assert "alpha" in desk.get("/content/regrades")


def test_pages_ask_few_queries_however_many_attempts(desk: Desk) -> None:
    def asked(path: str) -> int:
        desk.get(path)
        with counting() as seen:
            desk.get(path)
        return len(seen)

    took(desk, "Ana", UNSAFE)
    path = desk.propose()
    few = [asked(each) for each in (ASKED, path, "/content/regrades")]
    for number in range(5):
        took(desk, f"Person {number}", UNSAFE)
    desk.propose()
    assert [asked(each) for each in (ASKED, path, "/content/regrades")] == few
    assert max(few) <= 12, few


def test_only_a_certifier_proposes(desk: Desk, make: Make) -> None:
    took(desk, "Ana", UNSAFE)
    path = desk.propose()
    sign_in(desk.client, make.person(roles=("administrator",)))
    desk.get(ASKED, 404)
    assert "Correct a quiz" not in desk.get("/content/regrades")
    assert "Do exactly this" in desk.get(path)
    sign_in(desk.client, make.person(roles=("trainer",)))
    desk.get(path, 404)
    desk.get("/content/regrades", 404)
