"""The independent check of a sealed page: its bytes first, then its signature and chain, and only then what it says.

It shares no code with what seals, and trusts the given roots alone. The order matters: a stranger's file meets a short
look at its bytes and a small signature; the reader of PDFs opens only what a trusted key has signed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.certificates.jobs.checking.failing import CheckFailedError
from lms.certificates.jobs.checking.inside import Inside, read_inside
from lms.certificates.jobs.checking.seal import check_days, check_seal

LARGEST = 5_000_000  # bytes; a page has some 80,000
MOST_OBJECTS = 20_000  # a page has some 130, a transcript five and more for each row
LONGEST_SEAL = 65_536  # hexadecimal digits
_RANGE = re.compile(rb"/ByteRange ?\[ ?0 ([1-9]\d{0,6}) ([1-9]\d{0,6}) ([1-9]\d{0,6}) ?\]")
_HEX = re.compile(rb"(?:[0-9A-F]{2})+")


@dataclass(frozen=True)
class PageFacts(Inside):
    """What a good page holds, the id of the key that signed it, its certificate (DER) and the addresses in that."""

    key_id: str
    certificate: bytes
    issuer_urls: tuple[str, ...]


def check_page(
    content: bytes, *, roots: Sequence[bytes], compromised: Sequence[bytes] = (), at: datetime | None = None
) -> PageFacts:
    """Return what a sealed page holds, once nobody can have changed a byte of it; raise `CheckFailedError` otherwise.

    `roots` are the trusted root certificates (DER); what goes back to a `compromised` one is refused as that. The chain
    is judged at the time of signing that the page states; whether the key had been retired or stolen by then is for the
    caller to say. `at` is now: nothing is signed later.
    """
    try:
        begin, end = _gap(content)
        seal = bytes.fromhex(content[begin + 1 : end - 1].decode())
        signer = check_seal(seal, (content[:begin], content[end:]), roots, compromised)
        inside = read_inside(content, begin, end)
        check_days(signer, inside.signed_at, at)
    except CheckFailedError:
        raise
    except Exception as error:  # whatever a broken file does to a parser, it is no page of ours
        raise CheckFailedError("this is not a page of ours, or it was damaged", "not-ours") from error
    return PageFacts(**vars(inside), key_id=signer.key_id, certificate=signer.der, issuer_urls=signer.urls)


def _gap(content: bytes) -> tuple[int, int]:
    """Return where the signature begins and ends, which must be all that the signature leaves out of the file."""
    _check_outside(content)
    begin, end, rest = _range(content)
    if end + rest < len(content):
        raise CheckFailedError("something was added to the file after it was signed")
    if end + rest > len(content):
        raise CheckFailedError("the file is not whole")
    gap = content[begin:end]
    if not (content[:begin].rstrip().endswith(b"/Contents") and gap[:1] == b"<" and gap[-1:] == b">"):
        raise CheckFailedError("the signature leaves out more of the file than itself")
    if len(gap) > LONGEST_SEAL or not _HEX.fullmatch(gap, 1, len(gap) - 1):
        raise CheckFailedError("the signature is not written as ours are")
    return begin, end


def _check_outside(content: bytes) -> None:
    """Refuse what can be no page of ours at a first look."""
    if len(content) > LARGEST:
        raise CheckFailedError("the file is too large for a page of ours", "not-ours")
    if not content.startswith(b"%PDF-"):
        raise CheckFailedError("the file is no PDF", "not-ours")
    if not content.endswith((b"%%EOF", b"%%EOF\n", b"%%EOF\r\n")):
        raise CheckFailedError("the file does not end as a PDF does: it is not whole, or something was added to it")
    if content.count(b" obj") > MOST_OBJECTS:
        raise CheckFailedError("the file has too many parts for a page of ours", "not-ours")
    if b"/Encrypt" in content[content.rfind(b"trailer") :]:
        raise CheckFailedError("the file is encrypted", "not-ours")


def _range(content: bytes) -> tuple[int, int, int]:
    """Return what the one signature says it covers: up to the first number, and from the second on, so many bytes."""
    marks, found = content.count(b"/ByteRange"), _RANGE.search(content)
    if marks > 1:
        raise CheckFailedError("the file has more than one signature")
    if found is None:
        sentence = "the file has no signature that covers it" if marks else "the file has no signature"
        raise CheckFailedError(sentence, "altered" if marks else "not-ours")
    begin, end, rest = (int(number) for number in found.groups())
    return begin, end, rest
