"""Long work in parts, and one piece of it after another."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lms.parts import in_turn, write_for


def test_parts_are_written_until_nothing_is_left(app: Flask) -> None:
    seen: list[Session] = []

    def part(session: Session) -> int:
        seen.append(session)
        return 3 - len(seen)

    assert write_for(60, part) == 0
    assert len({id(each) for each in seen}) == 3, "each in a transaction of its own"


def test_one_part_is_written_when_the_time_is_up(app: Flask) -> None:
    assert write_for(-1, lambda _session: 7) == 7


def test_who_fails_keeps_none_of_the_others(caplog: Any) -> None:
    done = []

    def go_on(name: str) -> str:
        if name != "good":
            raise ValueError(name)
        done.append(name)
        return name

    with pytest.raises(ValueError, match="bad"):
        in_turn("list", ["bad", "good", "worse"], go_on)
    assert done == ["good"]
    assert "the list bad was not gone on with" in caplog.text
    assert in_turn("list", ["good"], go_on) == ["good"]
    assert in_turn("list", [], go_on) == []
