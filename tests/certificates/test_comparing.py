"""Files that are rightly signed and say something else than the record: slips in what writes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import rfc8785
from flask import Flask
from hypothesis import given, settings
from sqlalchemy import select

from lms import files
from lms.certificates import queries, service
from lms.certificates.jobs import check_issued
from lms.certificates.jobs.checking import (
    CheckFailedError,
    Trust,
    TrustedKey,
    check_code,
    check_drawn,
    check_same,
    check_told,
)
from lms.certificates.jobs.checking.badge import read_badge
from lms.certificates.jobs.checking.page import check_page
from lms.certificates.jobs.drawing import draw_certificate
from lms.certificates.jobs.making import chain_of, sheet_from
from lms.certificates.jobs.sealing import seal_page
from lms.certificates.models import Edition
from lms.certificates.rules.badges import document, tokens
from lms.db import reading
from tests.certificates.badges import KEYS, URL, payload_of, payloads, public, sign_code
from tests.certificates.story import config_of
from tests.certificates.test_auditing import released
from tests.certificates.workbench import content_of, known_of, one, workshop_of
from tests.conftest import AT
from tests.factories import MadePerson

__all__ = ["released"]


def result(code: str, value: str) -> Callable[[dict[str, Any]], None]:
    def change(badge: dict[str, Any]) -> None:
        (found,) = (
            each for each in badge["credentialSubject"]["result"] if each["resultDescription"].endswith("#" + code)
        )
        found["value"] = value

    return change


def achieved(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda badge: badge["credentialSubject"]["achievement"].update(values)


CODES = (
    "edition round minutes-class minutes-practicum minutes-supervised minutes-towards language-of-instruction rules"
    " level provider-number trained counts demonstration"
).split()
#: What a slip in the writing would do, and what the check says of it.
SLIPS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    **{code: (result(code, "x"), "list of results") for code in CODES},
    "no result": (lambda d: d["credentialSubject"]["result"].pop(0), "list of results"),
    "a result twice": (lambda d: d["credentialSubject"]["result"].append(d["credentialSubject"]["result"][0]), "list"),
    "no results": (lambda d: d["credentialSubject"].pop("result"), "lacks"),
    "results described": (lambda d: d["credentialSubject"]["achievement"]["resultDescription"].pop(), "described"),
    "local title": (lambda d: d.update(name="x"), "local title"),
    "description": (lambda d: d.update(description=d["description"].partition(": ")[2]), "description"),
    "its English": (achieved(description="x"), "description"),
    "publication": (achieved(version="4"), "achievement"),
    "kind": (achieved(achievementType="CertificateOfCompletion"), "achievement"),
    "track": (achieved(id="https://training.example.org/x"), "achievement"),
    "no competencies": (lambda d: d["credentialSubject"]["achievement"].pop("alignment"), "competencies"),
    "a competency": (
        lambda d: d["credentialSubject"]["achievement"]["alignment"][0].update(targetName="x"),
        "competencies",
    ),
    "signer": (lambda d: d["evidence"][1].update(name="x"), "signers"),
    "a signer's title": (lambda d: d["evidence"][2].update(description="x"), "signers"),
    "no signer": (lambda d: d["evidence"].pop(), "signers"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_the_writing_is_found(name: str) -> None:
    payload = payload_of()
    record, badge = rfc8785.dumps(payload), document.credential(payload)
    check_same(read_badge(badge, payload["keys"]["badge"]), record)
    check_same(read_badge(badge, payload["keys"]["jwt"]), record)
    change, sentence = SLIPS[name]
    change(badge)
    with pytest.raises(CheckFailedError, match=sentence):
        check_same(read_badge(badge, payload["keys"]["badge"]), record)


@given(payload=payloads())
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_what_the_record_says(payload: dict[str, Any]) -> None:
    check_same(read_badge(document.credential(payload), payload["keys"]["badge"]), rfc8785.dumps(payload))


def test_another_key_than_the_record_names_is_found() -> None:
    payload = payload_of()
    with pytest.raises(CheckFailedError, match="another key"):
        check_same(read_badge(document.credential(payload), payload["keys"]["code"]), rfc8785.dumps(payload))


@pytest.mark.parametrize(
    "values",
    [
        {"name": "x"},
        {"edition": 2},
        {"awarded_on": "2026-11-26"},
        {"minutes": {"class": 1}},
        {"status": {"list": 2, "index": 70123}},
        {"frozen_at": "2026-11-28T06:10:01Z"},
        {"ends_at": None},
        {"demonstration": False},
        {"keys": {**KEYS, "code": KEYS["jwt"]}},
    ],
)
def test_a_slip_in_the_code_is_found(values: dict[str, Any]) -> None:
    keys = {key_id: TrustedKey(key_id, "code", public("code"), URL) for key_id in (KEYS["code"], KEYS["jwt"])}
    for written in (payload_of(), payload_of(ends_at=None), payload_of(demonstration=False)):
        told = check_code(tokens.code(written, sign_code), Trust(keys))
        check_told(told, rfc8785.dumps(written))
        if {**written, **values} != written:
            with pytest.raises(CheckFailedError, match="another"):
                check_told(told, rfc8785.dumps({**written, **values}))


def sealed(app: Flask, person: MadePerson, *, later: timedelta = timedelta(), **values: Any) -> bytes:
    """Return the page of a released certificate with a slip in what is drawn, or sealed later, under the right key."""
    workshop, edition = workshop_of(app), known_of(person).shown.edition_id
    (lease,) = service.leases_of(reading(), [(edition, "pdf")])
    payload = json.loads(lease.payload)
    certificate, root = chain_of(workshop, lease.keys["page"])
    sheet = sheet_from(reading(), lease, content_of(app, person, "code").decode())
    return seal_page(
        draw_certificate(replace(sheet, **values)),
        sign=workshop.sign_with(lease.keys["page"]),
        certificate=certificate,
        root=root,
        attachment=content_of(app, person, "vc"),
        attachment_name=f"{payload['serial']}.json",
        issuer=payload["issuer"]["name"],
        at=datetime.fromisoformat(payload["frozen_at"]) + later,
    )


def test_a_slip_in_the_drawing_is_found(content_app: Flask, released: MadePerson) -> None:
    config, sound = config_of(content_app), content_of(content_app, released, "pdf")
    code = content_of(content_app, released, "code").decode()
    assert sealed(content_app, released) == sound
    slips: dict[str, tuple[dict[str, Any], str]] = {
        "another number in the code": ({"code": f"HTTP://LOCALHOST/V/CHW-0000/1#{code}"}, "another subject"),
        "another hash": ({"payload_sha256": "0" * 64}, "another keywords"),
        "another edition": ({"edition": 2}, "another keywords"),
        "another name": ({"name": "Somebody Else"}, "another name"),
        "another time": ({"later": timedelta(seconds=1)}, "another signed at"),
    }
    names = {kind: content_of(content_app, released, kind) for kind in ("vc", "jwt", "code")}
    for name, (values, sentence) in slips.items():
        page = sealed(content_app, released, **values)
        with pytest.MonkeyPatch.context() as patch:
            rows = [(k, files.put(config.data_dir, each).sha256) for k, each in {**names, "pdf": page}.items()]
            patch.setattr(queries, "files_of", lambda session, edition_id, rows=rows: rows)
            (problem,) = check_issued(config, at=AT)
        assert sentence in problem.text, name


def test_what_the_text_of_a_page_says_counts(content_app: Flask, released: MadePerson) -> None:
    payload = bytes(one(select(Edition.payload)))
    facts = check_page(content_of(content_app, released, "pdf"), roots=workshop_of(content_app).trust.roots)
    check_drawn(facts, payload)
    untold = sealed(content_app, released, name="Somebody Else")
    for found, sentence in (
        (replace(facts, content=untold), "another name"),  # the title is right, and the page is another's
        (replace(facts, key_id="0" * 16), "another key id"),
        (replace(facts, attachment_name="x.json"), "another attachment name"),
        (replace(facts, issuer="x"), "another issuer"),
    ):
        with pytest.raises(CheckFailedError, match=sentence):
            check_drawn(found, payload)
