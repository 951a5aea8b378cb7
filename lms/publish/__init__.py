"""The roof over content: checks and publishes a folder, and does to people what its new versions were chosen to do."""

from __future__ import annotations

from lms.publish import audio_cli
from lms.publish.cli import content
from lms.publish.service import Intent, Prospect, check_directory, publish_directory
from lms.publish.specs import SHAPES

#: Importing it adds its commands.
COMMANDS = (audio_cli,)

__all__ = ["COMMANDS", "SHAPES", "Intent", "Prospect", "check_directory", "content", "publish_directory"]
