"""Two requests at the same moment: run in threads of their own, and made to look before either of them writes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask

from lms.db import db

#: How long the first waits for the second to look too. Where the second must wait for its turn, nobody comes.
PATIENCE = 0.25


def race(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Run `acts` at the same time, each in a thread of its own, and return what they returned or raised."""
    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        with app.app_context():
            gate.wait()
            try:
                results[number] = act()
            except Exception as error:
                results[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def outcomes(results: list[Any]) -> list[str]:
    """Return what came of a race, sorted: "done", or the code of the rule that said no."""
    return sorted(getattr(each, "code", repr(each)) if isinstance(each, Exception) else "done" for each in results)


def look_together(monkeypatch: pytest.MonkeyPatch, *places: tuple[Any, str]) -> None:
    """Let two who call the functions at `places` (a module and a name) both return from there before either goes on."""
    gate = threading.Barrier(2)

    def waiting(look: Callable[..., Any]) -> Callable[..., Any]:
        def look_and_wait(*arguments: Any, **more: Any) -> Any:
            found = look(*arguments, **more)
            with suppress(threading.BrokenBarrierError):
                gate.wait(PATIENCE)
            return found

        return look_and_wait

    for module, name in places:
        monkeypatch.setattr(module, name, waiting(getattr(module, name)))


def act_during(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    place: tuple[Any, str],
    looks: Callable[[], Any],
    act: Callable[[], Any],
) -> list[Any]:
    """Run `looks`, and `act` as soon as the function at `place` (a module and a name) has returned to it for once.

    Returns what both returned or raised. Where `act` has to wait until `looks` has ended, `looks` goes on.
    """
    find, looked, done = getattr(*place), threading.Event(), threading.Event()

    def find_slowly(*arguments: Any, **more: Any) -> Any:
        found, is_first = find(*arguments, **more), not looked.is_set()
        looked.set()
        if is_first:
            done.wait(PATIENCE)
        return found

    def act_now() -> Any:
        looked.wait()
        try:
            return act()
        finally:
            done.set()

    monkeypatch.setattr(*place, find_slowly)
    return race(app, looks, act_now)
