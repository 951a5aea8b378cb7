"""Statements that are built once: the same rows for everybody, few and many, and no more building than that."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.db import MANY_ROWS, reading
from lms.people.models import Person
from lms.statements import of_some, once, place, some_of
from tests.factories import Make


def test_of_some_asks_for_the_same_people_however_many(app: Flask, make: Make) -> None:
    built: list[str] = []
    ids = [make.person(f"Ana {number}").person_id for number in range(4)]

    def build(session: Session, asked: Any, order: str) -> Select[Any]:
        built.append(order)
        rows: Select[Any] = select(Person.id).order_by(Person.id if order == "up" else Person.id.desc())
        return rows if asked is None else rows.where(some_of(session, Person.id, asked))

    def found(asked: Any, order: str = "up") -> list[int]:
        return list(reading().execute(*of_some(reading(), build, asked, order)).scalars())

    assert found(ids[1:3]) == ids[1:3]
    assert found([ids[3]]) == [ids[3]]
    assert found({ids[0], ids[2]}, "down") == [ids[2], ids[0]]
    assert found([]) == []
    assert set(ids) <= set(found(None)) == set(found(None))
    assert built == ["up", "down", "up"], "few, few in another order, everybody"
    many = range(ids[1], ids[1] + MANY_ROWS + 5)
    assert found(many)[:3] == found(many)[:3] == ids[1:]
    assert len(built) == 5, "many: each time anew"


def test_once_builds_for_each_shape(app: Flask, make: Make) -> None:
    built: list[bool] = []
    ana, sela = make.person("Ana").person_id, make.person("Sēla").person_id

    def build(_session: Session, is_one: bool) -> Select[Any]:
        built.append(is_one)
        return select(Person.id).where(Person.id == place("who") if is_one else Person.id != place("who"))

    for who, other in ((ana, sela), (sela, ana)):
        assert reading().execute(once(reading(), build, True), {"who": who}).scalars().all() == [who]
        assert other in reading().execute(once(reading(), build, False), {"who": who}).scalars().all()
    assert built == [True, False]
