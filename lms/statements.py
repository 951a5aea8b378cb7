"""Statements that many pages ask, built once: to build a large one takes longer than to answer it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, bindparam
from sqlalchemy.orm import Session

from lms.db import MANY_ROWS, among, is_postgresql

S = TypeVar("S")

#: A place for some ids, instead of a collection of them.
SOME: BindParameter[list[int]] = bindparam("some_ids", expanding=True)


def place(name: str) -> Any:
    """Return a place for a value, to stand where the value would."""
    return bindparam(name)


_BUILT: dict[tuple[Any, ...], Any] = {}


def once(session: Session, build: Callable[..., S], *shape: Any) -> S:
    """Return `build(session, *shape)`, made once in this process for each kind of database and each `shape`.

    What differs from one call to the next is no part of the shape: `build` leaves a place for it (`bindparam`).
    """
    made = (build, is_postgresql(session), *shape)
    if made not in _BUILT:
        _BUILT[made] = build(session, *shape)
    found: S = _BUILT[made]
    return found


def of_some(
    session: Session, build: Callable[..., S], ids: Collection[int] | None, *shape: Any
) -> tuple[S, dict[str, Any]]:
    """Return the statement `build(session, ids, *shape)` and its values; `ids` None means everybody.

    For everybody and for few it is built once; `build` then gets `SOME` and hands it to `some_of`.
    """
    if ids is None:
        return once(session, _of_all, build, *shape), {}
    if len(ids) < MANY_ROWS:
        return once(session, _of_few, build, *shape), {"some_ids": list(ids)}
    return build(session, ids, *shape), {}


def some_of(session: Session, column: Any, ids: Any) -> ColumnElement[bool]:
    """Return the criterion of rows whose whole number in `column` is one of `ids`, which may be `SOME`."""
    criterion: ColumnElement[bool] = column.in_(SOME) if ids is SOME else among(session, column, ids)
    return criterion


def _of_all(session: Session, build: Callable[..., S], *shape: Any) -> S:
    return build(session, None, *shape)


def _of_few(session: Session, build: Callable[..., S], *shape: Any) -> S:
    return build(session, SOME, *shape)
