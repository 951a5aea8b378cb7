"""Which page of a list an address asks for."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.web.forms import page_href, page_of


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (50, 1), (51, 2), (300, 6)])
def test_how_many_pages_a_list_has(app: Flask, count: int, pages: int) -> None:
    with app.test_request_context("/"):
        assert page_of(count, 50) == (1, pages)


@pytest.mark.parametrize(
    ("given", "page"), [("", 1), ("2", 2), ("0", 1), ("-1", 1), ("x", 1), ("²", 1), ("99", 6), ("9" * 400, 6)]
)
def test_a_page_number_stays_within_the_list(app: Flask, given: str, page: int) -> None:
    with app.test_request_context("/", query_string={"page": given}):
        assert page_of(300, 50) == (page, 6)


def test_the_way_to_another_page_keeps_the_filters(app: Flask) -> None:
    with app.test_request_context("/"):
        assert page_href("home.team", q="Ana", status="")(3) == "/team?page=3&q=Ana"
