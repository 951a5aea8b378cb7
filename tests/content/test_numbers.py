"""Numbers of a translation: those of its English, however they are written."""

from __future__ import annotations

import pytest

from lms.content.numbers import number_fault


@pytest.mark.parametrize(
    ("english", "text"),
    [
        ("Call 988.", "Llame al 988."),
        ("Call 988. It is free.", "Llame al 988. El 988 es gratis."),
        ("1,000 people", "1.000 personas"),
        ("12,345,678", "12.345.678"),
        ("1,000.50", "1.000,50"),
        ("2.5 cups", "2,5 tazas"),
        ("at 4:00 p.m.", "a las 16:00"),
        ("at 4 p.m.", "a las 16:00"),
        ("at 4:00 p.m.", "a las 4 de la tarde"),
        ("at 12:30 a.m.", "a las 0:30"),
        ("The 1st of 3", "El 1.º de 3"),
        ("24/7, 50%", "24/7, 50 %"),
        ("[a](https://a.b/12) {n1} %(m2)s", "[b](https://a.b/12) {n1} %(m2)s"),
        ("No number", "Ningún número"),
    ],
)
def test_the_same_numbers(english, text):
    assert number_fault(english, text) is None


@pytest.mark.parametrize(
    ("english", "text", "is_warning"),
    [
        ("Call 988.", "Llame al 989.", False),
        ("Call 988.", "Llame.", False),
        ("Call.", "Llame al 988.", False),
        ("2 of 10", "3 de 10", False),
        ("2 cups", "dos tazas", True),
        ("two cups", "2 tazas", True),
        ("1.5", "15", False),
        ("1,000", "1,00", False),
        ("at 4:00 p.m.", "a las 5:00", False),
        ("at 4:30 p.m.", "a las 4", False),
        ("at 5 p.m.", "a las 16:00", False),
    ],
)
def test_other_numbers(english, text, is_warning):
    fault = number_fault(english, text)
    assert fault is not None
    assert fault.is_warning is is_warning


def test_it_says_which():
    fault = number_fault("Call 988 or 211", "Llame al 989 o 211")
    assert fault is not None
    assert fault.message == "lacks 988 and adds 989: its numbers differ from the English"
