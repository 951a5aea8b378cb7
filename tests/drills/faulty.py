"""A line that loses and repeats, and servers that are killed: what stands between a drill's clients and the program."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import waitress
from flask import Flask

from lms.db import db

CONTEXT = multiprocessing.get_context("fork")
SERVERS, THREADS = 3, 4
#: What happens to a request, in percent; the rest arrives once and is answered.
ANSWER_LOST, REQUEST_LOST, TWICE, SLOW = 25, 10, 15, 5
FATES = ("answer lost", "request lost", "twice", "slow", "passed", "server gone")
HOST = "127.0.0.1"


@dataclass
class Line:
    """Where clients connect, and what has happened so far, counted by all processes together."""

    address: tuple[str, int]
    counts: Any = field(default_factory=lambda: CONTEXT.Array("i", len(FATES)))
    kills: Any = field(default_factory=lambda: CONTEXT.Value("i", 0))
    #: How many attempts are through: kills are spread over them.
    progress: Any = field(default_factory=lambda: CONTEXT.Value("i", 0))
    over: Any = field(default_factory=CONTEXT.Event)

    def count(self, fate: str) -> None:
        """Count one request."""
        with self.counts.get_lock():
            self.counts[FATES.index(fate)] += 1

    def seen(self) -> dict[str, int]:
        """Return how many requests met each fate."""
        return dict(zip(FATES, self.counts, strict=True))


@contextmanager
def faulty_line(app: Flask, *, attempts: int, kills: int) -> Iterator[Line]:
    """Serve `app` by three processes behind a faulty proxy; `kills` of them are killed while `attempts` go through."""
    db.session.remove()
    inner, outer = _listen(), _listen()
    line = Line(outer.getsockname())
    keeper = CONTEXT.Process(target=_keep, args=(app, inner, line, attempts, kills))
    proxy = CONTEXT.Process(target=_carry, args=(outer, inner.getsockname(), line))
    keeper.start()
    proxy.start()
    try:
        yield line
    finally:
        line.over.set()
        keeper.join(20)
        for process in (keeper, proxy):
            process.kill()
            process.join()
        inner.close()
        outer.close()


def _listen() -> socket.socket:
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind((HOST, 0))
    found.listen(512)
    return found


# ── Servers ──────────────────────────────────────────────────────────────────


def _keep(app: Flask, inner: socket.socket, line: Line, attempts: int, kills: int) -> None:
    """Keep three servers running, and kill one each time that another share of the attempts is through."""
    chance = random.Random(7)
    servers = [_fork(app, inner) for _ in range(SERVERS)]
    while not line.over.wait(0.01):
        for place, pid in enumerate(servers):
            if os.waitpid(pid, os.WNOHANG)[0]:
                servers[place] = _fork(app, inner)
        if line.kills.value < kills and line.progress.value >= attempts * line.kills.value // (kills + 1):
            victim = chance.randrange(SERVERS)
            time.sleep(chance.uniform(0, 0.02))
            os.kill(servers[victim], signal.SIGKILL)
            os.waitpid(servers[victim], 0)
            line.kills.value += 1
            servers[victim] = _fork(app, inner)
    for pid in servers:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _fork(app: Flask, inner: socket.socket) -> int:
    """Fork a server, as `lms serve` runs it, on the shared socket; return its process id."""
    pid = os.fork()
    if pid == 0:
        with suppress(BaseException):
            waitress.serve(app, sockets=[inner], threads=THREADS, _quiet=True)
        os._exit(0)
    return pid


# ── The proxy ────────────────────────────────────────────────────────────────


def _carry(outer: socket.socket, inner: tuple[str, int], line: Line) -> None:
    chance = random.Random(11)
    while True:
        client, _ = outer.accept()
        fate = _fate(chance.randrange(100))
        threading.Thread(target=_one, args=(client, inner, line, fate, chance.random() < 0.5), daemon=True).start()


def _fate(number: int) -> str:
    for fate, share in (("answer lost", ANSWER_LOST), ("request lost", REQUEST_LOST), ("twice", TWICE), ("slow", SLOW)):
        if number < share:
            return fate
        number -= share
    return "passed"


def _one(client: socket.socket, inner: tuple[str, int], line: Line, fate: str, at_once: bool) -> None:
    """Carry one request to a server and its answer back, or not."""
    with client, suppress(OSError):
        client.settimeout(20)
        sent = _read_request(client)
        if not sent:
            return
        if fate == "slow":
            time.sleep(0.05)
        answer = b"" if fate == "request lost" else _ask(inner, sent)
        if fate == "twice" and at_once:
            answer = _ask(inner, sent) or answer
        elif fate == "twice":  # the second comes late, when the client may be two steps further
            threading.Timer(0.1, _ask, (inner, sent)).start()
        if not answer and fate != "request lost":
            line.count("server gone")
            return
        line.count(fate)
        if answer and fate != "answer lost":
            client.sendall(answer)


def _read_request(client: socket.socket) -> bytes:
    found = b""
    while b"\r\n\r\n" not in found:
        more = client.recv(65536)
        if not more:
            return b""
        found += more
    head, _, body = found.partition(b"\r\n\r\n")
    length = next((int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-le")), 0)
    while len(body) < length:
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


def _ask(inner: tuple[str, int], sent: bytes) -> bytes:
    """Return a server's whole answer, b"" when it died meanwhile."""
    found = b""
    with suppress(OSError), socket.create_connection(inner, 20) as server:
        server.sendall(sent)
        while more := server.recv(65536):
            found += more
    head, _, body = found.partition(b"\r\n\r\n")
    lengths = [int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length")]
    return found if lengths and len(body) >= lengths[0] else b""
