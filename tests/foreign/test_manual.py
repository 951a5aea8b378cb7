"""What docs/certificates.md lets people paste is pasted here: each script and command, on good files and on bad."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from pathlib import Path
from threading import Thread

import pytest

from lms.certificates.rules.badges.tokens import qr_text
from lms.config import ROOT
from tests.foreign.forged import forged_badge, forged_token, tampered_tokens
from tests.foreign.programs import HERE, NODE, needs_node, needs_poppler
from tests.foreign.scene import Files, Published, Scene

pytestmark = [needs_node, needs_poppler]
MANUAL = (ROOT / "docs" / "certificates.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", MANUAL, re.MULTILINE | re.DOTALL)
#: Scripts call themselves by name in the first line, or in the second of those that a shell runs.
SCRIPTS = {
    found.group(1): text
    for _, text in BLOCKS
    if (found := re.match(r"(?:#!/bin/sh\n)?(?:#|//) (\w+\.(?:py|mjs|sh))\b", text))
}
INSTALLING, *COMMANDS = (text for kind, text in BLOCKS if kind == "sh" and text not in SCRIPTS.values())
Desk = Callable[[Files, Published], Path]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return what lays a certificate and the folder of trust beside the scripts."""

    def lay(files: Files, published: Published) -> Path:
        shutil.rmtree(tmp_path)
        (tmp_path / "checking" / "bin").mkdir(parents=True)
        python = tmp_path / "checking" / "bin" / "python"
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
        shutil.copytree(published.trust, tmp_path / "trust")
        for name, text in SCRIPTS.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        for kind, content in (("json", files.vc), ("jwt", files.jwt), ("pdf", files.pdf)):
            (tmp_path / f"certificate.{kind}").write_bytes(content)
        (tmp_path / "code.txt").write_text(qr_text(files.payload, files.code.decode()), encoding="utf-8")
        return tmp_path

    return lay


def pasted(desk: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run what stands in the manual, in a shell."""
    assert NODE is not None
    environ = {**os.environ, "PATH": f"{Path(NODE).parent}:{os.environ['PATH']}", "PYTHONPATH": ""}
    return subprocess.run(
        ["/bin/sh", "-ec", command], cwd=desk, capture_output=True, text=True, check=False, env=environ, timeout=120
    )


def lines_of(word: str) -> str:
    """Return the first line of the manual's commands in which `word` is."""
    lines: list[str] = [line for block in COMMANDS for line in block.splitlines()]
    return next(line for line in lines if word in line)


def test_the_manual_installs_what_is_tested_here() -> None:
    assert set(SCRIPTS) == {
        *("issuer.py", "check_badge.py", "check_badge.mjs", "check_token.py", "check_page.sh", "check_code.py")
    }
    assert len(COMMANDS) == 4
    named = dict(re.findall(r"'(\w+)(?:\[\w+\])?==([\d.]+)'", INSTALLING))
    assert named == {name: version(name) for name in ("openbadgeslib", "pyjwt", "cwt")}
    package, _, number = re.findall(r"npm install (\S+)", INSTALLING)[0].rpartition("@")
    assert json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"][package] == number


def test_every_script_finds_good_files_good(scene: Scene, desk: Desk) -> None:
    folder = desk(scene["retired"], scene.after)
    serial, name = (scene["retired"].payload[word] for word in ("serial", "name"))
    good = []
    for command in COMMANDS:
        done = pasted(folder, command)
        assert (done.returncode, done.stderr) == (0, ""), command
        good += [line for line in done.stdout.splitlines() if line.startswith("Good")]
    seals = [line for line in good if line.startswith("Good seal of key ")]
    assert (len(good), len(seals)) == (6, 1)
    assert all(serial in line for line in good if line not in seals)
    assert sum(name in line for line in good) == 3


#: What each says of what was revoked or replaced.
WITHDRAWN = {
    "check_badge.py certificate": "'revocation' is set",
    "check_badge.mjs": "revocation_status",
    "check_token.py": "revoked, or replaced",
    "check_code.py": "revoked, or replaced",
}


@pytest.mark.parametrize("which", ["revoked", "replaced"])
def test_every_script_refuses_what_was_withdrawn(scene: Scene, desk: Desk, which: str) -> None:
    folder = desk(scene[which], scene.before)
    for word, told in WITHDRAWN.items():
        done = pasted(folder, lines_of(word))
        assert done.returncode == 1, word
        assert told in (done.stdout + done.stderr).partition("Refused: ")[2]
    listed = pasted(folder, lines_of("check_token.py").replace("certificate.jwt", "certificate.json"))
    assert "revoked, or replaced" in listed.stderr


def test_every_script_refuses_what_a_stolen_key_signed(scene: Scene, desk: Desk) -> None:
    folder = desk(scene["valid"], scene.after)
    for word in (*WITHDRAWN, "check_page.sh"):
        done = pasted(folder, lines_of(word))
        assert done.returncode == 1, word
        assert "Refused" in done.stdout + done.stderr


def test_every_script_refuses_forgeries(scene: Scene, desk: Desk) -> None:
    valid = scene["valid"]
    folder = desk(valid, scene.before)
    (folder / "certificate.json").write_text(json.dumps(forged_badge(valid.payload, valid.keys["badge"])))
    (folder / "certificate.jwt").write_text(forged_token(valid.payload, valid.keys["jwt"]))
    code = (folder / "code.txt").read_text().partition("#")
    (folder / "code.txt").write_text(f"{code[0][:-1]}9#{code[2]}")
    for word in WITHDRAWN:
        done = pasted(folder, lines_of(word))
        assert (done.returncode, "Refused: " in done.stdout + done.stderr) == (1, True), word
    (folder / "certificate.jwt").write_text(dict(tampered_tokens(valid.jwt.decode()))["no signature"])
    assert "Refused: InvalidAlgorithmError" in pasted(folder, lines_of("check_token.py")).stderr
    for changed in (
        valid.pdf + b"\n% added\n%%EOF\n",
        valid.pdf.replace(b"/Lang (to)", b"/Lang (en)"),
        valid.pdf[:-900],
    ):
        (folder / "certificate.pdf").write_bytes(changed)
        done = pasted(folder, lines_of("check_page.sh"))
        assert (done.returncode, "Refused" in done.stdout) == (1, True), done


def test_the_scripts_ask_the_site_that_is_trusted_and_no_other(scene: Scene, desk: Desk) -> None:
    folder = desk(scene["valid"], scene.before)
    elsewhere = lines_of("check_badge.py certificate").replace("training.example.org", "evil.example.org")
    assert "Refused" in pasted(folder, elsewhere).stderr
    assert "another issuer" in pasted(folder, lines_of("check_badge.mjs").replace("training.", "evil.")).stdout


class Site(BaseHTTPRequestHandler):
    """A site that answers with what it was asked for."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{self.path} as {self.headers['Accept']}".encode())

    def log_message(self, *words: object) -> None:
        """Say nothing."""


def test_without_a_folder_the_site_is_asked(scene: Scene, desk: Desk) -> None:
    folder = desk(scene["valid"], scene.before)
    with HTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        site = f"http://127.0.0.1:{server.server_port}"
        (folder / "ask.py").write_text("from issuer import SITE, fetch\nprint(fetch(SITE + '/a').decode())\n")
        done = pasted(folder, f"checking/bin/python ask.py certificate.json {site}")
        server.shutdown()
    assert done.stdout == "/a as application/vc+jwt, */*;q=0.5\n", done.stderr


def test_the_page_is_checked_with_the_site_too(scene: Scene, desk: Desk) -> None:
    """Where a folder is named it is read; where an address is, `curl` asks it: here one that reads the same folder."""
    folder = desk(scene["valid"], scene.before)
    (folder / "curl").write_text('#!/bin/sh\ncat "trust/${2#https://training.example.org/}"\n', encoding="utf-8")
    (folder / "curl").chmod(0o755)
    command = lines_of("check_page.sh").replace("pdf trust", "pdf https://training.example.org")
    assert "Good seal" in pasted(folder, f'PATH="{folder}:$PATH"\n{command}').stdout
