"""A sender that is killed, as a process of its own: `python -m tests.notifications.drill STEP SENT`.

STEP "claimed" dies after claiming, "sent" after SENT letters left, before the last of them is noted.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from email.message import EmailMessage

from lms.app import create_app
from lms.config import Config
from lms.mail import Sender, Senders, open_senders
from lms.notifications.jobs import Sending
from tests.conftest import AT


def die() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Fatal:
    """Sends for real, and dies with the last letter."""

    real: Sender[EmailMessage]
    left: int

    def send(self, message: EmailMessage) -> None:
        """Send `message`."""
        self.real.send(message)
        self.left -= 1
        if self.left == 0:
            die()


def main() -> None:
    """Claim letters and die at the step that the command line names."""
    step, sent = sys.argv[1], int(sys.argv[2])
    config = Config.from_env()
    app = create_app(config)
    with app.app_context():
        senders = open_senders(config)
        sending = Sending(config, Senders(Fatal(senders.mail, sent), senders.sms), AT)
        batch = sending.claim(10)
        if step == "claimed":
            die()
        sending.post(batch)


if __name__ == "__main__":
    main()
