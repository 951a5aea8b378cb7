"""How often one person may have her record sealed, which takes a processor a while. In the memory of each process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from flask import current_app, make_response, render_template
from werkzeug.exceptions import TooManyRequests

from lms.i18n import gettext as _

#: So many in `WINDOW` seconds, which begin with the first.
MOST = 20
WINDOW = 600.0
#: People who are remembered; beyond it the one who was quiet longest is forgotten.
MOST_PEOPLE = 10_000
_NAME = "home.transcript_turns"
_lock = threading.Lock()


def take_turn(person_id: int) -> None:
    """Let the request pass, or refuse it with 429 when this person asked too often."""
    kept: OrderedDict[int, tuple[float, int]] = current_app.config.setdefault(_NAME, OrderedDict())
    at = time.monotonic()
    with _lock:
        began, number = kept.pop(person_id, (at, 0))
        if at - began >= WINDOW:
            began, number = at, 0
        kept[person_id] = began, number + 1
        while len(kept) > MOST_PEOPLE:
            kept.popitem(last=False)
    if number < MOST:
        return
    message = _("You made this file many times in a short time. Please wait ten minutes, then go on.")
    refused = make_response(render_template("error.html", code=429, message=message), 429)
    refused.headers["Retry-After"] = str(int(WINDOW))
    raise TooManyRequests(response=refused)
