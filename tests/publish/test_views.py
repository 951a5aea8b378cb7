"""The administrator's page of publishing, the command, and what a worker reads on her track."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.audit.models import AuditEvent
from lms.clock import now
from lms.content.library import current
from lms.db import reading
from lms.publish import content as command
from lms.publish import publish_directory
from lms.tracks.models import ContentChange, Enrolment
from lms.tracks.rules.versions import Choices
from tests.content.sample import put, write_sample
from tests.factories import MadePerson, Make, sign_in
from tests.publish.conftest import RENEWAL, content, did, enrol, module, publish, rows, track

TRACK = "tracks/t.yml"
HEAD = {"key": "t", "title": "Track", "summary": "Short.", "level": "entry", "certificate": "done"}


def write_files(folder: Path, *modules: str, **more: Any) -> None:
    """Write a track of these modules, and the modules a, b and c, into the sample's folder."""
    for key in "abc":
        head = {"key": key, "title": f"Module {key}", "summary": "Short.", "minutes": 5, "lessons": ["one"]}
        put(folder, f"modules/{key}/module.yml", yaml.safe_dump(head))
        text = "---\ntitle: One\nminutes: 5\nobjectives: [Begin.]\n---\nBegin.\n"
        put(folder, f"modules/{key}/lessons/one.md", text)
    items = [{"id": each, "module": each} for each in modules]
    put(folder, TRACK, yaml.safe_dump({**HEAD, "items": items, **more}))


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """Return the content folder of the application, published with a track of a and b."""
    folder = write_sample(tmp_path / "content")
    write_files(folder, "a", "b")
    app.config["LMS"] = replace(app.config["LMS"], content_dir=folder)
    publish_directory(folder, at=now())
    return folder


@pytest.fixture
def worker(folder: Path, make: Make) -> MadePerson:
    """Return a worker who has done a, and one who has not begun."""
    worker = make.person("=Lupe")
    enrol([worker.person_id], at=now())
    did([worker.person_id], "a", at=now())
    return worker


@pytest.fixture
def admin(make: Make, client: FlaskClient) -> FlaskClient:
    """Return the browser of an administrator."""
    sign_in(client, make.person("Ada Admin", roles=("administrator",)))
    return client


def get(client: FlaskClient, **query: Any) -> str:
    """Return the page of publishing."""
    found = client.get("/admin/publish", query_string=query)
    assert found.status_code == 200
    return found.get_data(as_text=True)


def hidden(html: str) -> dict[str, str]:
    """Return what the last form of the page would send."""
    form = html.rpartition('id="publish"')[2]
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))


MOVE = {"look": 1, "track.t.change": "retraining", "track.t.under_way": "move", "track.t.finished": "stay"}


def test_an_administrator_looks_and_publishes_exactly_that(
    admin: FlaskClient, folder: Path, worker: MadePerson
) -> None:
    assert "Nothing has changed" in get(admin)
    write_files(folder, "a", "b", "c")
    first = get(admin)
    assert "part c: new" in first
    assert "Under way: 1" in first
    assert "Please say what kind of change this is." in get(admin, look=1)
    again = get(admin, **{**MOVE, "track.t.finished": "renew"})
    beside = re.search(r'says nothing of renewal.*?name="([^"]+)"', again, re.DOTALL)
    assert beside and beside[1] == "track.t.finished"
    assert "Under way: 0" not in again, "nothing was counted while something is wrong"
    assert "Track: t" in again
    seen = get(admin, **MOVE)
    assert "moves to the new version, with 1 of 3 done instead of 1 of 2" in seen
    download = admin.get("/admin/publish/plan.csv", query_string=MOVE)
    lines = list(csv.DictReader(io.StringIO(download.get_data().decode("utf-8-sig"))))
    assert [(line["Name"], line["Parts after"], line["Told"]) for line in lines] == [("'=Lupe", "3", "1")]
    for _tap in range(2):
        done = admin.post("/admin/publish", data=hidden(seen))
        assert (done.status_code, done.location) == (302, "/admin/publish")
    assert "move to the new version: 1" in get(admin)
    assert rows(ContentChange, "key", "label", "under_way") == [("t", "retraining", "move")]
    revision = current(reading()).get("track", "t").revision_id
    assert rows(Enrolment, "person_id", "revision_id") == [(worker.person_id, revision)]
    logged = reading().execute(select(AuditEvent.details).where(AuditEvent.action == "content.changed")).scalar_one()
    assert (logged["label"], logged["counts"]["more"], logged["under_way"]) == ("retraining", 1, "move")


def test_a_plan_that_is_not_so_any_more_is_shown_again(admin: FlaskClient, folder: Path, worker: MadePerson) -> None:
    write_files(folder, "a", "b", "c")
    seen = hidden(get(admin, **MOVE))
    did([worker.person_id], "b", at=now())
    again = admin.post("/admin/publish", data=seen)
    assert again.status_code == 400
    assert "Things have changed since you looked" in again.get_data(as_text=True)
    assert rows(ContentChange) == []
    assert admin.post("/admin/publish", data={**seen, "mark": "x"}).status_code == 200
    broken = {**seen, "track.t.change": ""}
    assert admin.post("/admin/publish", data=broken).status_code == 400


def test_what_would_disappear_is_ticked(admin: FlaskClient, folder: Path, worker: MadePerson) -> None:
    (folder / TRACK).unlink()
    assert "Which may disappear?" in get(admin, look=1)
    assert "Publish exactly this" not in get(admin, look=1)
    seen = get(admin, look=1, retire="t")
    assert "Nobody is touched" in seen
    assert admin.post("/admin/publish", data=hidden(seen)).status_code == 302


def test_files_with_problems(admin: FlaskClient, folder: Path) -> None:
    put(folder, TRACK, "key: [")
    assert "The files have problems" in get(admin)
    assert "tracks/t.yml:1" in get(admin)
    assert admin.get("/admin/publish/plan.csv").status_code == 404
    assert admin.post("/admin/publish", data={"mark": "0" * 12}).status_code == 400


def test_others_find_nothing(folder: Path, make: Make, client: FlaskClient) -> None:
    sign_in(client, make.person(roles=("certifier",)))
    for path in ("/admin/publish", "/admin/publish/plan.csv"):
        assert client.get(path).status_code == 404
    assert client.post("/admin/publish").status_code == 404


def test_the_command_prints_the_plan_and_does_it(app: Flask, folder: Path, worker: MadePerson, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    write_files(folder, "a", "b", "c")
    said = ["publish", str(folder), "--change", "t=retraining", "--under-way", "t=move"]
    file = tmp_path / "plan.csv"
    dry = runner.invoke(command, [*said, "--dry-run", "--plan", str(file)])
    assert "retraining change of track t: have more to do: 1, move to the new version: 1, are told: 1" in dry.output
    assert f"=Lupe ({worker.person_public_id}): moves to the new version, with 1 of 3 done" in dry.output
    mark = re.findall("--as-planned ([0-9a-f]{12})", dry.output)[0]
    assert file.read_text("utf-8-sig").startswith('"What changed","Person","Name"')
    assert "would be touched; look with --dry-run" in str(runner.invoke(command, said).exception)
    assert runner.invoke(command, [*said, "--as-planned", mark]).output.endswith("Version 2 is current: 1 changes.\n")
    assert runner.invoke(command, [*said[:2], "--finished", "t=renew:9"]).exit_code == 2


def test_a_worker_reads_that_her_track_changed(app: Flask, make: Make, client: FlaskClient) -> None:
    worker, done = make.person(), make.person()
    publish(content(track("t", "a", "b")), at=now())
    enrol([worker.person_id, done.person_id], at=now())
    did([worker.person_id], "a", at=now())
    did([done.person_id], "a", "b", at=now())
    sign_in(client, worker)
    assert "changed on" not in client.get("/tracks/t").get_data(as_text=True)
    move = Choices("retraining", under_way="move", finished="renew", days=30)
    publish(content(track("t", "a", "b", "c", **RENEWAL)), at=now(), t=move)
    html = client.get("/tracks/t").get_data(as_text=True)
    assert re.search(r"This track changed on .*\. What you did counts\. New for you: Module c\.", html)
    publish(content(track("t", "b", "d", **RENEWAL)), at=now(), t=Choices("retraining", under_way="move"))
    assert "It stays in your record." in client.get("/tracks/t").get_data(as_text=True)
    sign_in(client, done)
    assert re.search(r"changed on .*\. Please do it again by", client.get("/tracks/t").get_data(as_text=True))


def test_a_worker_reads_that_a_module_changed(app: Flask, make: Make, client: FlaskClient) -> None:
    done = make.person()
    publish(content(track("t", "a", "b")), at=now())
    enrol([done.person_id], at=now())
    did([done.person_id], "a", "b", at=now())
    changed = content(track("t", "a", "b"), module("a", lessons=["one", "two"]))
    publish(changed, at=now(), module_a=Choices("retraining", finished="renew", days=30))
    sign_in(client, done)
    html = client.get("/tracks/t").get_data(as_text=True)
    assert re.search(r"“Module a” changed on .*\. Please do it again by .*\.", html)
    assert 'href="/modules/a"' in html
    did([done.person_id], "a", at=now(), round_number=2)
    assert "Please do it again" not in client.get("/tracks/t").get_data(as_text=True)
