"""QR codes: the same as the package makes, of every size, and refused when no code is large enough."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

from lms.certificates.jobs.drawing.symbol import TooLongError, symbol
from tests.certificates.drawn import BASE32, code_of

_PARTS = re.compile(r"[0-9A-Z $%*+\-./:]+|[^0-9A-Z $%*+\-./:]+")


@pytest.fixture
def engine_name() -> str:
    """Codes need no database."""
    return "sqlite"


def by_the_package(text: str) -> list[str]:
    """Return the rows of the same segments with the same mask."""
    code: QRCode = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=3)  # type: ignore[type-arg]
    for part in _PARTS.findall(text):
        letters = re.match(r"[0-9A-Z $%*+\-./:]", part)
        code.add_data(QRData(part.encode(), MODE_ALPHA_NUM if letters else MODE_8BIT_BYTE, check_data=False))
    code.make(fit=True)
    return ["".join("01"[bool(module)] for module in row) for row in code.modules]


def test_codes_of_every_size_are_those_of_the_package() -> None:
    sizes = set()
    for length in chain(range(1, 40), range(40, 3300, 41)):
        text = "".join(BASE32[at * 7 % 32] for at in range(length))
        rows = symbol(text)
        assert rows == by_the_package(text), length
        sizes.add(len(rows))
    assert len(sizes) > 35


@pytest.mark.parametrize("length", [120, 300, 330, 366, 420])
def test_an_address_with_a_token_is_in_three_segments(length: int) -> None:
    text = code_of(length)
    assert symbol(text) == by_the_package(text)
    assert len(symbol(text)) < len(symbol(text.lower()))


def test_small_letters_and_accents_are_bytes() -> None:
    for text in ("a", "https://training.example.org/v/1#é", "A#b" * 40, "ʻ"):
        assert symbol(text) == by_the_package(text)


def test_what_no_code_holds_is_refused() -> None:
    assert len(symbol("A" * 3391)) == 177
    with pytest.raises(TooLongError, match="3392 characters"):
        symbol("A" * 3392)
