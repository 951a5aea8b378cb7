"""`make bench`: CPU milliseconds per request of six pages and of a certificate, each beside its floor in the same run.

Both servers are waitress with one thread on the demonstration data (SQLite). One client sends requests over a kept
connection, in turns (page, floor, page, floor), and reads how long each server's threads were on a core
(/proc/<pid>/task/*/schedstat, nanoseconds). The figure is the median over rounds of the mean per request.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from ruamel.yaml import YAML

from benchmarks import certificate
from lms.config import ROOT
from lms.demo.accounts import PASSPHRASE

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "40"))
INPUT = re.compile(r"<input\b[^>]*>")
SELECT = re.compile(r'<select\b[^>]*\bname="([^"]*)"[^>]*>(.*?)</select>', re.DOTALL)
OPTION = re.compile(r'<option\b[^>]*\bvalue="([^"]+)"')
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


@dataclass
class Browser:
    """One kept connection with its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def request(self, method: str, path: str, form: list[tuple[str, str]] | None = None) -> tuple[int, str]:
        """Return status and body."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer.status, text

    def get(self, path: str) -> str:
        """Return a page that must be there."""
        status, text = self.request("GET", path)
        if status != 200:
            raise SystemExit(f"{path} was answered with {status}")
        return text

    def sign_in(self, email: str) -> Browser:
        """Sign in at the real page."""
        hidden = dict(fields(self.get("/sign-in"), "csrf_token"))
        status, _ = self.request("POST", "/sign-in", [("identifier", email), ("password", PASSPHRASE), *hidden.items()])
        if status not in (302, 303):
            raise SystemExit(f"could not sign in as {email}: {status}")
        return self


def fields(page: str, *names: str) -> list[tuple[str, str]]:
    """Return name and value of a page's inputs, those of `names` or all."""
    found = []
    for tag in INPUT.findall(page):
        attributes = dict(ATTRIBUTE.findall(tag))
        if "name" in attributes and (not names or attributes["name"] in names):
            found.append((attributes["name"], attributes.get("value", "")))
    return found


def cpu_ms(pid: int) -> float:
    """Return the milliseconds that a process's threads have spent on a core."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError):
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e6


@contextmanager
def server(command: list[str], environ: dict[str, str], port: int) -> Iterator[int]:
    """Run a server until the block ends; yields its process id."""
    with Path(environ["LMS_DATA_DIR"], f"server-{port}.log").open("w") as log:
        process = subprocess.Popen([sys.executable, *command], env=environ, stdout=log, stderr=log)
        try:
            for _ in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield process.pid
        finally:
            process.terminate()
            process.wait(10)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Case:
    """One measured page. `prepare` does, unmeasured, what `real` needs before each request."""

    name: str
    real: Callable[[], int]
    floor: Callable[[], int]
    prepare: Callable[[], None] = lambda: None


def measure(pid: int, send: Callable[[], int], prepare: Callable[[], None]) -> float:
    """Return mean CPU milliseconds per request of one round."""
    spent = 0.0
    for _ in range(REQUESTS):
        prepare()
        before = cpu_ms(pid)
        status = send()
        spent += cpu_ms(pid) - before
        if status >= 400:
            raise SystemExit(f"a measured request was answered with {status}")
    return spent / REQUESTS


def _listed(key: object) -> list[object]:
    return key if isinstance(key, list) else [key]


class Submits:
    """Opens an attempt and fills in its form, unmeasured; then submits ten answers."""

    path = "/modules/relationships/quiz"

    def __init__(self, browser: Browser, floor: Browser) -> None:
        self.browser, self.floor = browser, floor
        self.form: list[tuple[str, str]] = []
        file = ROOT / "content" / "modules" / "relationships" / "quiz.yml"
        items = YAML(typ="safe").load(file.read_text(encoding="utf-8"))["items"]
        # A scenario has its questions inside; what is put in order, matched or typed has no choice that is right.
        asked = [part for item in items for part in (item.get("items") or [item])]
        self.keys = {item["id"]: [str(key).lower() for key in _listed(item.get("key", []))] for item in asked}
        self.action = self.path

    def prepare(self) -> None:
        """Open the next attempt and answer every question with its first choice."""
        page = self.browser.get(self.path)
        start = re.search(r'<form[^>]*action="([^"]*start[^"]*)"', page)
        if start:
            self.browser.request("POST", start.group(1), fields(page, "csrf_token", "client_id"))
            page = self.browser.get(self.path)
        form = re.search(r'<form[^>]*id="quiz[^"]*"[^>]*>.*?</form>', page, re.S) or re.search(
            r'<form[^>]*action="[^"]*quiz[^"]*"[^>]*>.*?</form>', page, re.S
        )
        if form is None:
            raise SystemExit("the quiz page has no form")
        action = re.search(r'action="([^"]*)"', form.group(0))
        self.action = action.group(1) if action and action.group(1) else self.path
        first: dict[str, str] = {}
        for name, value in fields(form.group(0)):
            item = next((item for item in self.keys if name.endswith(item)), None)
            if item is None or value not in self.keys[item]:  # one that is wrong: the next attempt may then begin
                first.setdefault(name, value)
        groups: Counter[str] = Counter()
        for name, inside in SELECT.findall(form.group(0)):  # each part of a question another choice, for an order
            question = name.partition(".")[0]
            groups[question] += 1
            first[name] = OPTION.findall(inside)[groups[question] - 1]
        self.form = [*first.items(), ("action", "submit")]

    def real(self) -> int:
        """Submit to the program, which leads on to the result; the same page again would mean that answers miss."""
        status, _ = self.browser.request("POST", self.action, self.form)
        if status not in (302, 303):
            raise SystemExit(f"the quiz was not handed in: {status}")
        return status

    def bare(self) -> int:
        """Submit ten answers to the floor."""
        return self.floor.request("POST", "/submit", [(f"q{n}", "a") for n in range(10)])[0]


def pages(port: int, floor_port: int, fragments: Path) -> list[Case]:
    """Return the cases, with a fragment of each page's size for the floor."""
    signed_out = Browser(port)
    worker = Browser(port).sign_in("worker-to@demo.example")
    supervisor = Browser(port).sign_in("supervisor-a@demo.example")
    analyst = Browser(port).sign_in("analyst@demo.example")
    certificate = re.search(
        r"/verify/([A-Z0-9-]+)", Browser(port).sign_in("certifier@demo.example").get("/certify/certificates")
    )
    addresses = {
        "learner page": (worker, "/learn"),
        "lesson": (worker, "/modules/outreach/lessons/" + first_lesson(worker)),
        "team page": (supervisor, "/team"),
        "verify page": (signed_out, f"/verify/{certificate.group(1)}" if certificate else "/verify"),
        "completion report": (analyst, "/reports/completions"),
    }
    floor = Browser(floor_port)
    cases = []
    for name, (browser, path) in addresses.items():
        text = browser.get(path)
        (fragments / f"{name.replace(' ', '-')}.html").write_text("{{name}}" + text.replace("{{name}}", ""))
        cases.append(
            Case(
                name,
                lambda browser=browser, path=path: browser.request("GET", path)[0],
                lambda name=name: floor.request("GET", f"/page/{name.replace(' ', '-')}")[0],
            )
        )
    submits = Submits(Browser(port).sign_in("worker-en@demo.example"), floor)
    cases.insert(2, Case("quiz submit of ten answers", submits.real, submits.bare, submits.prepare))
    return cases


def first_lesson(worker: Browser) -> str:
    """Return the key of a lesson of the module outreach."""
    found = re.search(r"/modules/outreach/lessons/([a-z0-9-]+)", worker.get("/modules/outreach"))
    if found is None:
        raise SystemExit("the module page names no lesson")
    return found.group(1)


def main() -> None:
    """Load the demonstration, run both servers, measure in turns, print the table."""
    folder = Path(tempfile.mkdtemp(prefix="lms-bench-"))
    try:
        environ = {**os.environ, "LMS_DATA_DIR": str(folder), "LMS_ENV": "demo"}
        environ.pop("LMS_DATABASE_URL", None)
        subprocess.run([sys.executable, "-m", "lms", "demo", "load"], env=environ, check=True, capture_output=True)
        port, floor_port = free_port(), free_port()
        fragments = folder / "fragments"
        fragments.mkdir()
        floor_command = ["-m", "benchmarks.floor", str(folder / "lms.sqlite3"), str(fragments), str(floor_port)]
        with server(["-m", "lms", "serve", "--threads", "1", "--port", str(port)], environ, port) as pid:
            cases = pages(port, floor_port, fragments)
            with server(floor_command, environ, floor_port) as floor_pid:
                Browser(floor_port).request("GET", "/page/learner-page")
                report(cases, pid, floor_pid)
        certificate.main()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def report(cases: list[Case], pid: int, floor_pid: int) -> None:
    """Measure every case in turns and print a line for each."""
    print(f"{'page':<30}{'CPU ms':>10}{'floor ms':>10}{'ratio':>8}   {ROUNDS} rounds of {REQUESTS} requests")
    for case in cases:
        real, floor = [], []
        measure(pid, case.real, case.prepare)
        for _ in range(ROUNDS):
            real.append(measure(pid, case.real, case.prepare))
            floor.append(measure(floor_pid, case.floor, lambda: None))
        mine, bare = statistics.median(real), statistics.median(floor)
        print(f"{case.name:<30}{mine:>10.2f}{bare:>10.2f}{mine / bare:>8.1f}")


if __name__ == "__main__":
    main()
