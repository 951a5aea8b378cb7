"""What those who score, enter and confirm results are told of a correction that counts in them."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.assessments import queries
from lms.assessments.rules import Amendment
from lms.assessments.rules.proposals import Proposal
from lms.db import reading
from tests.assessments.assessing import (
    BEST,
    PICTURE,
    WORST,
    Cast,
    enter,
    entered,
    given,
    hand_in,
    make_sheet,
    publish,
    score,
)
from tests.assessments.test_late_corrections import Desk, decide_in
from tests.assessments.test_regrading import EVERYONE, Office
from tests.assessments.test_service import WRONG as WORST_OF_ALL
from tests.factories import MadePerson, Make, sign_in
from tests.factories.learning import actor_of

WROTE = {"q-one": ("b",), "q-write": ("Words.",)}
WRONG = {"q-one": ("b",), "q-two": ("a", "b")}
TOLD = "A question of this quiz was corrected on"


@pytest.fixture
def cast(app: Flask, make: Make) -> Cast:
    publish()
    return Cast.of(make)


def get(client: FlaskClient, who: MadePerson, path: str) -> str:
    return html.unescape(sign_in(client, who).get(path).text)


def client_id(page: str) -> str:
    match = re.search(r'name="client_id" type="hidden" value="([^"]*)"', page)
    assert match
    return match[1]


def test_who_scores_is_told(client: FlaskClient, cast: Cast, make: Make) -> None:
    waits = hand_in(cast.worker, WROTE)
    score(cast.other, hand_in(actor_of(make.person()), WROTE), given(WORST))
    decide_in(Desk(make), "delta")
    page = get(client, cast.tess, f"/assess/{waits}")
    best = {key: level for chosen in BEST.values() for key, level in chosen.items()}
    names = set(re.findall(r'name="([^"]*\.(?:asks|hears|does))"', page))
    levels = {name: best[name.rpartition(".")[2]] for name in names}
    data = {"client_id": client_id(page), "seen": "0", "language": "en", "interpreter": "none", **levels}
    answer = client.post(f"/assess/{waits}", data=data, follow_redirects=True)
    page = html.unescape(answer.text)
    assert "Scored. She sees her result now." in page
    assert TOLD in page
    assert "Without that her result would be 80 percent. Now it is 100 percent. Why." in page


def test_several_corrections_are_told_in_one_sentence(app: Flask, client: FlaskClient, make: Make) -> None:
    office = Office(make)
    office.took(WORST_OF_ALL)
    for each in (EVERYONE, Amendment("q-three", "accept", "false")):
        office.apply(office.propose(each))
    late = make.person()
    office.take(actor_of(late), WORST_OF_ALL)
    page = get(client, late, "/modules/alpha/quiz")
    assert page.count("Now it is") == 1
    assert "We corrected this quiz 2 times, last on" in page
    assert "Without that your result would be 0 percent. Now it is 40 percent. Why." in page
    assert "Why. Why." not in page, "one reason is read once"
    office.apply(office.propose(Amendment("q-two", "everyone")))
    page = get(client, late, "/modules/alpha/quiz")
    assert "40 percent before, 100 percent now." in page, "what was corrected since is told by itself"
    assert page.count("We corrected this quiz 2 times") == 1


def test_who_works_with_her_reads_one_sentence(client: FlaskClient, cast: Cast, make: Make) -> None:
    desk, both_wrong = Desk(make), {**WRONG, "q-two": ("c",)}
    hand_in(actor_of(make.person()), both_wrong, "eps")
    for each, reason in ((EVERYONE, "First."), (Amendment("q-two", "everyone"), "Second.")):
        proposal = Proposal("eps", (each,))
        desk.apply(desk.send(proposal, queries.read_plan(reading(), proposal).mark, reason=reason))
    sheet = make_sheet(cast.supervisor, person=cast.ana)
    done = enter(cast.supervisor, cast.ana, entered(sheet, both_wrong, sheet=PICTURE))
    answer = sign_in(client, cast.tess).post(
        f"/assess/entries/{done.entry}", data={"do": "confirm", "compared": "y"}, follow_redirects=True
    )
    page = html.unescape(answer.text)
    assert "This quiz was corrected 2 times, last on" in page
    assert "Without that her result would be 0 percent. Now it is 100 percent. First. Second." in page
    assert TOLD not in page


def test_who_confirms_is_told_and_reads_it_beside_the_entry(client: FlaskClient, cast: Cast, make: Make) -> None:
    hand_in(actor_of(make.person()), WRONG, "eps")
    decide_in(Desk(make), "eps")
    sheet = make_sheet(cast.supervisor, person=cast.ana)
    done = enter(cast.supervisor, cast.ana, entered(sheet, WRONG, sheet=PICTURE))
    path = f"/assess/entries/{done.entry}"
    assert TOLD not in get(client, cast.tess, path)
    answer = client.post(path, data={"do": "confirm", "compared": "y"}, follow_redirects=True)
    assert TOLD in html.unescape(answer.text)
    assert "would be 50 percent. Now it is 100 percent." in get(client, cast.tess, path)
    assert TOLD not in get(client, cast.boss, path), "she reads no percentages"
