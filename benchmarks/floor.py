"""The floor that pages are measured against: the least that any Flask program must do for the same page.

A signed-cookie session, one joined SELECT, and a page of the same size from a cached fragment; for the submit,
the same inserts in one durable transaction. It is never slowed down to please a ratio.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flask import Flask, Response, request, session
from waitress import serve

from lms.db import SQLITE, set_pragmas

SELECT = """
SELECT p.name, p.language, e.track_key, e.state
FROM accounts a JOIN people p ON p.id = a.person_id LEFT JOIN enrolments e ON e.person_id = p.id
WHERE a.id = ?
"""


def connect(database: str, *, reading: bool) -> object:
    """Return a connection with the same settings as the program's."""
    raw = SQLITE.connect(database, isolation_level=None, check_same_thread=False)
    set_pragmas(raw, reading=reading)
    return raw


def create_app(database: str, fragments: Path) -> Flask:
    """Return the bare application. `fragments` holds one file for each measured page, in its size."""
    app = Flask("floor", static_folder=None)
    app.secret_key = "floor"
    pages = {path.stem: path.read_text(encoding="utf-8") for path in fragments.glob("*.html")}
    read, write = connect(database, reading=True), connect(database, reading=False)
    write.execute("CREATE TABLE IF NOT EXISTS floor_attempt (id INTEGER PRIMARY KEY, person INT, at TEXT, points INT)")
    write.execute(
        "CREATE TABLE IF NOT EXISTS floor_answer (id INTEGER PRIMARY KEY, attempt INT, item TEXT, chosen TEXT)"
    )

    @app.get("/sign-in/<int:account>")
    def sign_in(account: int) -> str:
        session["account"] = account
        return "ok"

    @app.get("/page/<name>")
    def page(name: str) -> Response:
        rows = read.execute(SELECT, (session.get("account", 1),)).fetchall()
        return Response(pages[name].replace("{{name}}", rows[0][0], 1), mimetype="text/html")

    @app.post("/submit")
    def submit() -> Response:
        rows = read.execute(SELECT, (session.get("account", 1),)).fetchall()
        answers = [(key, value) for key, value in request.form.items() if key != "csrf_token"]
        write.execute("BEGIN IMMEDIATE")
        cursor = write.execute("INSERT INTO floor_attempt (person, at, points) VALUES (?, ?, ?)", (1, "now", 10))
        write.executemany(
            "INSERT INTO floor_answer (attempt, item, chosen) VALUES (?, ?, ?)",
            [(cursor.lastrowid, key, value) for key, value in answers],
        )
        write.execute("COMMIT")
        return Response(rows[0][0], status=303, headers={"Location": "/page/learn"})

    return app


if __name__ == "__main__":
    serve(create_app(sys.argv[1], Path(sys.argv[2])), host="127.0.0.1", port=int(sys.argv[3]), threads=1, ident=None)
