"""Sending: over a real SMTP server, through failures, and when the sender is killed."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select, update

from lms.config import ROOT, Config
from lms.db import reading, write
from lms.mail import open_senders
from lms.notifications import service
from lms.notifications.jobs import Sending, run, send_letters
from lms.notifications.models import Letter
from lms.people import service as people
from lms.people.models import AccessLink
from lms.people.rules import link_token
from tests.conftest import AT
from tests.factories import Make
from tests.notifications.conftest import ask
from tests.notifications.test_mail import Inbox, controller

NAMES = {"en": "Ana Lee", "es": "María Peñúñuri", "to": "Mele ʻAkauʻola", "sm": "Sāmoana Leʻiato"}


def use_mail(app: Flask, url: str) -> Config:
    config = dataclasses.replace(app.config["LMS"], mail_url=url)
    app.config["LMS"] = config
    return config


def invite(count: int = 1, language: str = "en", domain: str = "test.example", **more: Any) -> list[Any]:
    """Invite people and return what the service answers."""
    return [
        write(
            lambda session, n=n: people.invite(
                session,
                None,
                name=more.get("name") or NAMES[language],
                language=language,
                email=None if "phone" in more else f"{language}{n}@{domain}",
                phone=more.get("phone"),
                by_text="phone" in more,
                at=AT,
            )
        )
        for n in range(count)
    ]


def states() -> Counter[str]:
    found = Counter(reading().scalars(select(Letter.state)))
    reading().rollback()
    return found


def mail_files(app: Flask) -> list[Any]:
    folder = Path(open_senders(app.config["LMS"]).mail.folder)  # type: ignore[attr-defined]
    return [message_from_bytes(file.read_bytes(), policy=default) for file in sorted(folder.glob("*.eml"))]


def test_letters_reach_a_real_server_in_each_readers_language(app: Flask, server: Controller, inbox: Inbox) -> None:
    config = use_mail(app, f"smtp://127.0.0.1:{server.port}")
    for language in NAMES:
        invite(language=language)
    assert send_letters(app, at=AT) == "4 sent"
    assert states() == {"sent": 4}
    for message in inbox.messages:
        language = message["Content-Language"]
        text = message.get_body(("plain",)).get_content()
        assert NAMES[language] in text
        assert message["To"] == f"{language}0@test.example"
        assert message["Subject"]
        token = text.partition("/invitation/")[2].split()[0]
        assert token == link_token(config.secret_key, token[:20])
    assert send_letters(app, at=AT) == "", "nothing is sent twice"
    assert len(inbox.raw) == 4


def test_a_text_message_goes_to_a_file(app: Flask) -> None:
    invite(phone="+12135550100", language="to")
    with app.app_context():
        assert run(app.config["LMS"], at=AT) == "1 sent"
    (file,) = (app.config["LMS"].data_dir / "sms").iterdir()
    number, _, words = file.read_text().partition("\n\n")
    assert number == "+12135550100"
    assert "Mele ʻAkauʻola" in words


def test_a_letter_that_fails_is_repeated_with_the_same_id(app: Flask, server: Controller, inbox: Inbox) -> None:
    use_mail(app, f"smtp://127.0.0.1:{controller(inbox).port}")
    invite()
    assert send_letters(app, at=AT) == "1 put off"
    assert send_letters(app, at=AT + timedelta(seconds=30)) == "", "it waits"
    use_mail(app, f"smtp://127.0.0.1:{server.port}")
    assert send_letters(app, at=AT + timedelta(seconds=90)) == "1 sent"
    write(lambda session: session.execute(update(Letter).values(state="pending", run_at=AT)) and None)
    assert send_letters(app, at=AT + timedelta(minutes=2)) == "1 sent"
    first, second = inbox.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] != second["Date"]


def test_a_refused_address_is_not_tried_again_and_keeps_nobody_waiting(
    app: Flask, server: Controller, inbox: Inbox
) -> None:
    use_mail(app, f"smtp://127.0.0.1:{server.port}")
    write(
        lambda session: (
            [
                people.invite(session, None, name=name, language="en", email=email, at=AT)
                for name, email in (
                    ("Ann", "nobody@test.example"),
                    ("Eve", "not-now@test.example"),
                    ("Joy", "joy@test.example"),
                )
            ]
            and None
        )
    )
    assert send_letters(app, at=AT) == "1 failed, 1 put off, 1 sent"
    rows = {row.state: row.problem for row in reading().scalars(select(Letter))}
    assert "550" in (rows["failed"] or "")
    assert "451" in (rows["pending"] or "")


def test_a_letter_without_a_template_is_put_off_and_the_others_leave(app: Flask) -> None:
    invite(2)
    first = write(
        lambda session: session.execute(
            update(Letter).where(Letter.id == select(Letter.id).order_by(Letter.id).limit(1).scalar_subquery())
            .values(kind="unheard-of").returning(Letter.id)
        ).scalar_one()
    )  # fmt: skip
    assert send_letters(app, at=AT) == "1 put off, 1 sent"
    assert reading().get_one(Letter, first).problem == "KeyError: 'unheard-of'"


def test_a_withdrawn_link_is_not_sent(app: Flask) -> None:
    invite(3)
    links = list(reading().scalars(select(AccessLink.id).order_by(AccessLink.id)))
    for link_id, change in zip(links, ({"used_at": AT}, {"void_at": AT}, {"expires_at": AT}), strict=True):
        write(
            lambda session, link_id=link_id, change=change: (
                session.execute(update(AccessLink).where(AccessLink.id == link_id).values(**change)) and None
            )
        )
    assert send_letters(app, at=AT) == "3 dropped"
    assert states() == {"dropped": 3}
    assert not (app.config["LMS"].data_dir / "mail").exists()


def test_a_limit_bounds_one_run(app: Flask) -> None:
    invite(13)
    assert send_letters(app, at=AT, limit=12) == "12 sent"
    assert states() == {"sent": 12, "pending": 1}


def test_a_batch_whose_lease_runs_out_is_put_down(app: Flask) -> None:
    invite(3)
    config = app.config["LMS"]
    sending = Sending(config, open_senders(config), AT, patience=timedelta(0))
    assert sending.post(sending.claim(10)) == {"given back": 3}
    assert send_letters(app, at=AT) == "3 sent"
    assert set(reading().scalars(select(Letter.tries))) == {0}


def drill(app: Flask, make: Make, inbox: Inbox, *, count: int, kills: int, seconds: float) -> None:
    """Have three schedulers send `count` reminders while `kills` of them are killed, and compare what arrived."""
    config: Config = app.config["LMS"]
    place = make.organization()
    people = [make.person(NAMES["to"], language="to") for _ in range(count)]
    for person in people:
        make.employment(person, place)
    ask(place, AT.date() + timedelta(days=7), *people)
    write(lambda session: service.plan_reminders(session, today=AT.date(), at=AT))
    environment = {
        **os.environ,
        "LMS_ENV": "test",
        "LMS_DATA_DIR": str(config.data_dir),
        "LMS_DATABASE_URL": config.database_url,
        "LMS_BASE_URL": config.base_url,
        "LMS_SECRET_KEY": config.secret_key,
        "LMS_MAIL_URL": config.mail_url,
    }
    reading().rollback()
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tests.notifications.drill", str(kills)],
        cwd=ROOT,
        env=environment,
        timeout=seconds,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    killed = int(done.stdout.split()[-1])
    assert kills <= killed <= kills + 2, "those that had been started before the last one died may die too"
    assert states() == {"sent": count}, "every letter was sent"
    arrived = Counter(str(message["Message-ID"]) for message in inbox.messages)
    readers = {(str(message["To"]), str(message["Message-ID"])) for message in inbox.messages}
    assert len(arrived) == len(readers) == count, "a repeat has the same Message-ID"
    assert {reader for reader, _ in readers} == {person.email for person in people}
    repeated = arrived.total() - count
    assert repeated <= killed, "at most one repeat for each that was killed"
    assert max(arrived.values()) <= killed + 1
    took = time.monotonic() - began
    print(f"\n{count} letters, {killed} kills: {repeated} repeated, {took:.0f} s")


def test_three_schedulers_that_are_killed_lose_nothing_and_repeat_at_most_one_letter_each(
    content_app: Flask, make: Make, quick_server: str, inbox: Inbox
) -> None:
    use_mail(content_app, quick_server)
    drill(content_app, make, inbox, count=40, kills=3, seconds=120)


@pytest.mark.soak
@pytest.mark.timeout(1600)
def test_a_thousand_letters_survive_fifty_kills(
    content_app: Flask, make: Make, quick_server: str, inbox: Inbox
) -> None:
    use_mail(content_app, quick_server)
    drill(content_app, make, inbox, count=1000, kills=50, seconds=1500)
