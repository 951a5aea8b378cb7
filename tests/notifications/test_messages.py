"""The words of letters: in every language, as e-mail and as text message, with what a reader needs and no more."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, date, datetime, time
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from flask import Flask

from lms.config import ROOT, Config
from lms.i18n import TAGS
from lms.mail import Undeliverable
from lms.notifications import messages, rules
from lms.notifications.messages import Words, list_samples, render, to_email, to_text_message
from lms.notifications.queries import KINDS, Facts, Item, News, NewsLine
from lms.people.models import LINK_PURPOSES
from lms.people.rules import code_digits, link_token
from tests.conftest import AT

LETTER = "k" * 20
NAME = "Mele ʻAkauʻola-Fīnau"
LINK = {"link_public_id": "a" * 20, "expires_at": datetime(2026, 3, 12, 20, 30, tzinfo=UTC)}
TITLE = "Core & <first> steps"
VALUES: dict[str, dict[str, Any]] = {
    "invitation": LINK,
    "reset": LINK,
    "recovery": LINK,
    "recovery_notice": {},
    "code": {"code_public_id": "b" * 20, "minutes": 10},
    "certificate": {"title": TITLE, "public_id": "c" * 20, "serial": "7K3M9QW2RT5XA", "valid_until": date(2028, 3, 5)},
    "question": {"title": TITLE, "public_id": "c" * 20},
    "refusal": {"title": TITLE, "public_id": "c" * 20},
    "assignment": {
        "title": TITLE,
        "track_key": "core",
        "organization": "Clínica <del> Pueblo",
        "due_on": date(2026, 4, 1),
    },
    "reminder": {
        "items": [
            Item("track", TITLE, date(2026, 3, 12), "tracks.show", {"key": "core"}),
            Item("track", "Late <one>", date(2026, 3, 1), "tracks.show", {"key": "first"}, is_over=True),
            Item(
                "certificate",
                TITLE,
                date(2026, 4, 1),
                "certificates.own_certificate",
                {"public_id": "c" * 20},
                values={"can_renew": False, "opens_on": None},
            ),
        ]
    },
    "digest": {
        "parts": tuple(
            News(key, 7, (NewsLine("Ana <b>", TITLE, date(2026, 3, 12)),))
            for key in ("late", "week", "month", "lapsing", "finished")
        ),
        "counts": {"late": 7, "week": 7, "lapsing": 7},
    },
    "sms_answer": {"answer": "stop"},
}
#: What long words do to a letter: four surnames, a Tongan title with macrons, signs that a page must not obey.
LONG = "Ko e ngaahi tokotaha ngāue moʻui lelei ʻo e kāinga & <b>Asociación de Promotoras y Promotores del Sur</b>"
CLASS = {"starts": time(17, 30), "ends": time(20), "place": rules.Title(LONG), "is_waiting": False}
OWN, TRACK = {"public_id": "c" * 20}, {"key": "core"}
TAKEN, TAKEN_PATH = {**OWN, "module_key": "outreach"}, f"modules/outreach/quiz/attempts/{'c' * 20}"
#: Every letter about a fact, in each of its words: kind, endpoint, address, path of its page, values.
TOLD: list[tuple[str, str, dict[str, str], str, dict[str, Any]]] = [
    ("hours_returned", "fieldwork.own_entry", OWN, f"hours/{'c' * 20}", {"minutes": 135, "words": f"Why? {LONG}"}),
    *(("sign_off", "fieldwork.own_sign_off", OWN, f"sign-offs/{'c' * 20}", {"passed": each}) for each in (True, False)),
    ("place", "fieldwork.session", OWN, f"sessions/{'c' * 20}", CLASS),
    ("signed_up", "fieldwork.session", OWN, f"sessions/{'c' * 20}", CLASS),
    ("signed_up", "fieldwork.session", OWN, f"sessions/{'c' * 20}", {**CLASS, "is_waiting": True}),
    ("taken_off", "fieldwork.session", OWN, f"sessions/{'c' * 20}", {**CLASS, "place": ""}),
    ("session_changed", "fieldwork.session", OWN, f"sessions/{'c' * 20}", CLASS),
    ("session_changed", "fieldwork.session", OWN, f"sessions/{'c' * 20}", {**CLASS, "is_waiting": True}),
    ("session_cancelled", "fieldwork.session", OWN, f"sessions/{'c' * 20}", {**CLASS, "place": ""}),
    *(
        ("training", "training.show", OWN, f"training/{'c' * 20}", {"outcome": each})
        for each in ("recognized", "ask", "refuse", "revoked", "accepted", "declined")
    ),
    ("training_waits", "training.team", {}, "team/training", {"count": 1}),
    ("training_waits", "training.team", {}, "team/training", {"count": 3}),
    ("change", "courses.module", {"module_key": "outreach"}, "modules/outreach", {"deed": "repeats"}),
    *(("change", "tracks.show", TRACK, "tracks/core", {"deed": each}) for each in ("moves", "renews", "completes")),
    *(("waiver", "tracks.why", TRACK, "tracks/core/why", {"is_granted": each}) for each in (True, False)),
    ("cycle", "tracks.show", TRACK, "tracks/core", {}),
    *(
        (
            "certificate_status",
            "certificates.own_certificate",
            {"public_id": "c" * 20},
            f"record/certificates/{'c' * 20}",
            {"change": change, "reason": code},
        )
        for change, code in (
            ("lifted", None),
            ("late", None),
            ("suspended", "under-review"),
            ("revoked", "issued-in-error"),
        )
    ),
    ("result_ready", "assessments.attempt", TAKEN, TAKEN_PATH, {}),
    ("result_corrected", "assessments.attempt", TAKEN, TAKEN_PATH, {}),
    *(
        ("try_given", "assessments.quiz", {"module_key": "outreach"}, "modules/outreach/quiz", {"is_granted": each})
        for each in (True, False)
    ),
]
PATHS = {kind: path for kind, _endpoint, _address, path, _values in TOLD}
VALUES |= {
    kind: {"items": [Item(kind, TITLE, date(2026, 3, 12), endpoint, address, values=values)]}
    for kind, endpoint, address, _path, values in TOLD
}
#: Goes to the number that wrote, never by mail.
MAILED = tuple(kind for kind in KINDS if kind != "sms_answer")
EVERY = [(kind, tag) for kind in MAILED for tag in TAGS]


@pytest.fixture
def engine_name() -> str:
    """Nothing here asks the database."""
    return "sqlite"


@pytest.fixture
def config(app: Flask) -> Config:
    return app.config["LMS"]


def facts(kind: str, tag: str, channel: str = "email", **changes: Any) -> Facts:
    address = "mele@test.example" if channel == "email" else "+12135550100"
    name = "" if kind == "code" else NAME
    return Facts(name, tag, channel, address, {**VALUES[kind], **changes})


def secret_of(kind: str, config: Config) -> str:
    """Return what a reader must find in a letter."""
    if kind == "code":
        return code_digits(config.secret_key, "b" * 20)
    if kind == "recovery_notice":
        return ""
    if kind in LINK_PURPOSES:
        folder = "invitation" if kind == "invitation" else "reset"
        return f"{config.base_url}/{folder}/{link_token(config.secret_key, 'a' * 20)}"
    paths = {
        "assignment": "tracks/core",
        "reminder": "learn",
        "digest": "team",
        "certificate": f"record/certificates/{'c' * 20}",
        **PATHS,
    }
    return f"{config.base_url}/{paths.get(kind, 'record/applications/' + 'c' * 20)}"


@pytest.mark.parametrize(("kind", "tag"), EVERY)
def test_a_letter_says_what_to_do_and_whom_to_ask(config: Config, kind: str, tag: str) -> None:
    words = render(kind, facts(kind, tag), config, letter_id=LETTER)
    assert words.subject
    assert "\n" not in words.subject
    for part in (words.text, words.html):
        assert secret_of(kind, config) in part
        assert config.help_phone in part
        assert config.help_email in part
        assert kind == "code" or NAME in part
        assert "%(" not in part
        assert "{{" not in part
    assert f'<html lang="{tag}">' in words.html
    assert not re.search(r"\n\n\n|[ \t]\n", words.text), "the plain part has ragged lines"
    assert words.text == words.text.strip() + "\n"


@pytest.mark.parametrize(("kind", "tag"), EVERY)
def test_a_page_in_a_letter_tells_nobody_that_it_was_read(config: Config, kind: str, tag: str) -> None:
    html = render(kind, facts(kind, tag), config, letter_id=LETTER).html
    assert not re.search(r"<(img|script|link|iframe)|src=|url\(|@import", html)
    targets = re.findall(r'href="([^"]+)"', html)
    assert targets
    assert all(each.startswith((config.base_url, "mailto:")) for each in targets)


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize(("kind", "endpoint", "address", "path", "values"), TOLD)
def test_a_fact_is_told_whole_with_long_words(
    config: Config, kind: str, endpoint: str, address: dict[str, str], path: str, values: dict[str, Any], tag: str
) -> None:
    item = Item(kind, rules.Title(LONG), date(2026, 3, 12), endpoint, address, values=values)
    words = render(kind, facts(kind, tag, items=[item]), config, letter_id=LETTER)
    assert f"{config.base_url}/{path}\n" in words.text
    assert words.text.count(f"/{path}\n") == 1
    assert f'href="{config.base_url}/{path}"' in words.html
    assert "<b>" not in words.html, "what people write is text"
    assert "Asociaci" in words.text or kind == "hours_returned"
    assert "Mele" in words.text
    assert "%(" not in words.text + words.html + words.subject
    assert not re.search(r"\n\n\n|[ \t]\n", words.text)
    if "starts" in values and kind not in {"session_cancelled", "taken_off"}:
        assert ("5:30" if tag in {"en", "es"} else "17:30") in words.text
    short = render(kind, facts(kind, tag, "sms", items=[item]), config, letter_id=LETTER).text
    assert f"{config.base_url}/{path} " in short
    assert rules.segments(short) <= rules.MOST_SEGMENTS


@pytest.mark.parametrize("tag", TAGS)
def test_several_facts_of_a_letter_each_have_their_link(config: Config, tag: str) -> None:
    one = VALUES["hours_returned"]["items"][0]
    items = [one, dataclasses.replace(one, day=date(2026, 3, 13), address={"public_id": "d" * 20})]
    words = render("hours_returned", facts("hours_returned", tag, items=items), config, letter_id=LETTER)
    assert words.text.index("hours/ccc") < words.text.index("hours/ddd")
    assert "\n\n\n" not in words.text
    short = render("hours_returned", facts("hours_returned", tag, "sms", items=items), config, letter_id=LETTER).text
    assert f"{config.base_url}/hours " in short


@pytest.mark.parametrize(
    ("tag", "when"),
    [("en", "Thu, Mar 12, 5:30"), ("es", "jue 12 mar, 5:30"), ("to", "17:30"), ("sm", "Tof 12 Mat, 17:30")],
)
def test_a_reminder_of_a_session_says_when_and_where_even_beside_others(config: Config, tag: str, when: str) -> None:
    item = Item("session", "Talking", date(2026, 3, 12), "fieldwork.session", OWN, values={**CLASS, "place": "Main 1"})
    for items in ([item], [VALUES["reminder"]["items"][1], item]):
        mail = render("reminder", facts("reminder", tag, items=items), config, letter_id=LETTER).text
        short = render("reminder", facts("reminder", tag, "sms", items=items), config, letter_id=LETTER).text
        assert "Main 1" in mail
        assert "Talking" in mail
        assert when in short.replace("\u202f", " ")
        assert "Main 1" in short
        assert (f"/sessions/{'c' * 20}" in short) is (len(items) == 1)
        assert rules.segments(short) <= rules.MOST_SEGMENTS


@pytest.mark.parametrize("tag", TAGS)
def test_names_and_titles_are_shown_as_text(config: Config, tag: str) -> None:
    words = render("assignment", facts("assignment", tag), config, letter_id=LETTER)
    assert TITLE in words.text
    assert TITLE in words.subject
    assert "Core &amp; &lt;first&gt; steps" in words.html
    assert "<bdi>Clínica &lt;del&gt; Pueblo</bdi>" in words.html
    assert f"<bdi>{NAME}</bdi>" in words.html


def test_every_text_message_in_every_language_fits_into_three_parts(config: Config) -> None:
    samples = list_samples(config)
    assert {sample.kind for sample in samples} == set(KINDS)
    assert len(samples) == len(TAGS) * (len(KINDS) + 25), "each variant in each language"
    for sample in samples:
        told = (sample.kind, sample.language, sample.text)
        assert sample.segments <= 3, told
        assert "\n" not in sample.text, told
        assert "  " not in sample.text, told
        assert "%(" not in sample.text, told
        if sample.kind in rules.STOPPED_BY:
            assert rules.wanted(stop_word(sample.text)) == "stop", told
        else:
            assert config.help_phone in sample.text, told


@pytest.mark.parametrize("name", ["ʻĀ" * 100, "María Guadalupe " * 12, "N"], ids=["Tongan", "Spanish", "short"])
def test_no_name_makes_a_text_message_longer_than_three_parts(config: Config, name: str) -> None:
    """The longest name that a person can have: 200 letters."""
    assert len(name) <= 200
    assert {sample.segments for sample in list_samples(config, name)} <= {1, 2, 3}


def stop_word(text: str) -> str:
    """Return the word in capitals that a text message names to end such messages."""
    return next(word for word in re.findall(r"[A-Zʻ]{4,}", text) if word not in {"START"})


@pytest.mark.parametrize(("answer", "wanted"), [("stop", "start"), ("start", "stop"), ("help", "stop")])
@pytest.mark.parametrize("tag", TAGS)
def test_the_words_that_an_answer_names_are_understood(config: Config, tag: str, answer: str, wanted: str) -> None:
    text = render("sms_answer", facts("sms_answer", tag, "sms", answer=answer), config, letter_id=LETTER).text
    words = [rules.wanted(word) for word in re.findall(r"[A-Zʻ]{4,}", text)]
    assert words[0] == wanted, text
    assert answer != "start" or words[1] == "help", text


def test_a_text_message_is_whole_where_there_is_room_and_never_cuts_a_name(config: Config) -> None:
    short = facts("assignment", "en", "sms", title=rules.Title("Core"), organization=rules.Title("Hope"))
    text = render("assignment", short, config, letter_id=LETTER).text
    assert text.startswith(f"Health training: {NAME}, Hope asks you to learn Core by April 1, 2026: http")
    long = {"title": rules.Title("Core skills " * 9), "organization": rules.Title("Hope")}
    cut = render("assignment", facts("assignment", "en", "sms", **long), config, letter_id=LETTER).text
    assert "Core skills Core..." in cut or "Core skills..." in cut
    assert NAME in cut or "ʻ" not in cut, "a name stands whole or not at all"
    assert rules.segments(cut) <= 3


def test_a_code_is_the_first_thing_in_its_text_message(config: Config) -> None:
    words = render("code", facts("code", "en", "sms"), config, letter_id=LETTER)
    assert words.text.startswith(code_digits(config.secret_key, "b" * 20))
    assert rules.segments(words.text) == 1


@pytest.mark.parametrize(
    ("tag", "day", "clock", "due", "near"),
    [
        ("en", "March 12, 2026", "1:30 PM", "Wednesday, April 1, 2026", "Mar 12"),
        ("es", "12 de marzo de 2026", "1:30 pm", "miércoles, 1 de abril de 2026", "12 mar"),
        ("to", "12 Maʻasi 2026", "13:30", "Pulelulu 1 ʻEpeleli 2026", "12 Maʻa"),
        ("sm", "12 Mati 2026", "13:30", "Aso Lulu, 1 Aperila 2026", "12 Mat"),
    ],
)
def test_dates_are_words_of_the_reader(config: Config, tag: str, day: str, clock: str, due: str, near: str) -> None:
    assert f"{day}, {clock}" in render("reset", facts("reset", tag), config, letter_id=LETTER).text
    assert due in render("assignment", facts("assignment", tag), config, letter_id=LETTER).text
    assert due not in render("assignment", facts("assignment", tag, due_on=None), config, letter_id=LETTER).text
    assert near in render("invitation", facts("invitation", tag, "sms"), config, letter_id=LETTER).text


def test_a_minute_is_not_minutes(config: Config) -> None:
    assert "for 1 minute." in render("code", facts("code", "en", minutes=1), config, letter_id=LETTER).text
    assert "for 10 minutes." in render("code", facts("code", "en"), config, letter_id=LETTER).text


def test_a_certificate_without_an_end_says_none(config: Config) -> None:
    words = render("certificate", facts("certificate", "en", valid_until=None), config, letter_id=LETTER)
    assert "valid until" not in words.text + words.html
    assert f"{config.base_url}/verify/7K3M9QW2RT5XA" in words.text


@pytest.mark.parametrize("kind", KINDS)
def test_the_demonstration_says_that_it_is_invented(config: Config, kind: str) -> None:
    demo = dataclasses.replace(config, env="demo")
    for channel in ("email", "sms") if kind in MAILED else ("sms",):
        real = render(kind, facts(kind, "en", channel), config, letter_id=LETTER)
        invented = render(kind, facts(kind, "en", channel), demo, letter_id=LETTER)
        assert "demo" in invented.text
        assert "demo" not in real.text.replace(config.help_email, "").replace(config.help_name, "")
    if kind in MAILED:
        assert "invented" in render(kind, facts(kind, "en"), demo, letter_id=LETTER).html


@pytest.mark.parametrize("tag", TAGS)
def test_an_email_has_both_parts_and_a_fixed_id(config: Config, tag: str) -> None:
    told = facts("certificate", tag)
    words = render("certificate", told, config, letter_id=LETTER)
    made = to_email(words, told, config, message_id="k" * 20, at=AT)
    read: Any = message_from_bytes(bytes(made), policy=default)
    assert read["Message-ID"] == f"<{'k' * 20}@demo.example>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Content-Language"] == tag
    assert read["Date"].datetime == AT
    assert read["From"].addresses[0].addr_spec == config.help_email
    assert read["To"] == "mele@test.example"
    assert read["Subject"] == words.subject
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert read.get_body(("plain",)).get_content().replace("\r\n", "\n") == words.text
    assert read.get_body(("html",)).get_content().replace("\r\n", "\n").strip() == words.html.strip()
    assert all(byte < 128 for byte in bytes(made))


def test_a_line_break_in_an_address_adds_no_header(config: Config) -> None:
    bad = dataclasses.replace(facts("code", "en"), address="a@x.example\nBcc: b@x.example")
    with pytest.raises(Undeliverable):
        to_email(Words("text", "subject", "html"), bad, config, message_id="k", at=AT)
    with pytest.raises(Undeliverable):
        to_text_message(Words("text"), dataclasses.replace(bad, address="+1213\n555"), message_id="k", at=AT)


def test_every_purpose_of_a_link_that_is_sent_has_a_letter() -> None:
    assert set(LINK_PURPOSES) <= set(KINDS)


# ── Why a letter did not leave ───────────────────────────────────────────────


def raised_codes() -> set[str]:
    """Return the codes with which the program drops a letter or puts it off."""
    said = "".join(path.read_text("utf-8") for path in (ROOT / "lms/notifications").glob("**/*.py"))
    told = re.findall(r"(?:NoLongerTrue|NotYet|Undeliverable)\(([^)]*)\)", said)
    return {code for each in told for code in re.findall(r'"([^"]+)"', each)}


@pytest.mark.parametrize("tag", TAGS)
def test_every_reason_is_said_in_the_language_of_the_reader(app: Flask, tag: str) -> None:
    codes = raised_codes() | {"loaded-history"}
    assert codes == set(messages.REASONS)
    with app.test_request_context(headers={"Accept-Language": tag}):
        said = {code: messages.reason(code) for code in codes}
        english = {code: words._args[0] for code, words in messages.REASONS.items()}
        assert all(said.values())
        assert not set(said.items()) & set(english.items()) or tag == "en"
        assert messages.reason("the code was used or ran out") == said["code-over"], "as it was kept before"
        assert messages.reason("Undeliverable: contacts-refuse") == said["contacts-refuse"]
        assert messages.reason("550 no such user") is None
        assert messages.reason("edition 2 has taken its place") is None
