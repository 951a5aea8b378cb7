"""The check of a transcript that somebody has in hand, and what of it is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lms.certificates.jobs.checking import (
    CheckFailedError,
    TranscriptVerdict,
    Trust,
    TrustedKey,
    check_any,
    check_file,
)
from lms.certificates.jobs.checking.page import check_page
from tests.certificates.sealed import AT, NAME, URL, Sealed, key_of, root_of

HELD: dict[str, Any] = {
    "type": "chw-transcript/1",
    "issuer": {"name": NAME, "url": URL},
    "name": "Sēla Vāʻinga",
    "language": "to",
    "made_at": "2026-11-29T06:10:00Z",
    "demonstration": True,
    "tables": [{"key": "modules", "rows": []}],
}


@pytest.fixture
def engine_name() -> str:
    """Checking needs no database."""
    return "sqlite"


def sealed(**changed: Any) -> bytes:
    """Return a sealed page with a transcript's file inside; a part that is changed to None is left out."""
    held = {key: value for key, value in {**HELD, **changed}.items() if value is not None}
    return Sealed(attachment=json.dumps(held, ensure_ascii=False).encode()).make()


def trust(*, url: str = URL, is_compromised: bool = False) -> Trust:
    """Return trust in the key that seals."""
    key_id = check_page(sealed(), roots=(root_of(),)).key_id
    public = key_of("page").public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key = TrustedKey(key_id, "page", public, url, is_compromised=is_compromised)
    return Trust({key_id: key}, (root_of(),))


def refusal(content: bytes, known: Trust | None = None) -> str:
    with pytest.raises(CheckFailedError) as failed:
        check_any(content, known or trust(), at=AT)
    return failed.value.code


def test_a_good_transcript_says_whose_it_is_and_when_it_was_made() -> None:
    found = check_any(sealed(), trust(), at=AT + timedelta(days=900))
    assert isinstance(found, TranscriptVerdict)
    assert (found.kind, found.name, found.made_at, found.is_demonstration) == ("transcript", HELD["name"], AT, True)
    assert (found.issuer_name, found.issuer_url) == (NAME, URL)
    for said, is_checked in ((True, True), (False, False), (None, False), ("yes", False)):
        again = check_any(sealed(name_checked=said), trust(), at=AT)
        assert isinstance(again, TranscriptVerdict)
        assert again.is_name_checked is is_checked
    assert [each["key"] for each in found.tables] == ["modules"]


def test_where_certificates_are_asked_for_it_is_none() -> None:
    with pytest.raises(CheckFailedError, match="transcript") as failed:
        check_file(sealed(), trust(), at=AT)
    assert failed.value.code == "not-ours"


@pytest.mark.parametrize(
    "changed",
    [
        {"made_at": "2026-11-29T06:10:01Z"},
        {"issuer": {"name": "Another", "url": URL}},
        {"issuer": {"name": NAME, "url": "https://elsewhere.example"}},
        {"issuer": None},
        {"tables": None},
        {"tables": 7},
        {"made_at": "yesterday"},
        {"name": None},
    ],
)
def test_what_does_not_fit_the_seal_is_refused(changed: dict[str, Any]) -> None:
    assert refusal(sealed(**changed)) == "altered"


def test_a_key_of_another_site_or_that_others_have_seals_nothing() -> None:
    assert refusal(sealed(), trust(url="https://elsewhere.example")) == "altered"
    moved = "https://elsewhere.example"
    assert refusal(sealed(issuer={"name": NAME, "url": moved}), trust(url=moved)) == "altered"
    assert refusal(sealed(), trust(is_compromised=True)) == "compromised"
    assert refusal(sealed(), Trust({}, (root_of(),))) == "unknown-issuer"


def test_an_altered_transcript_is_refused() -> None:
    content = sealed()
    place = content.rindex(b"/Title")
    assert refusal(content[:place] + b"/Tatle" + content[place + 6 :]) == "altered"


@pytest.mark.parametrize("inside", [b"no JSON", b"[1]", b'{"type": "chw-transcript/9"}', b'{"type": ["x"]}'])
def test_any_other_file_inside_is_judged_as_a_certificate(inside: bytes) -> None:
    assert refusal(Sealed(attachment=inside).make()) in {"not-ours", "altered"}
