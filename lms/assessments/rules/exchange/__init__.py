"""Rules of exchange: questions as Moodle GIFT and Moodle XML, both ways, and what a file changes in a quiz."""

from __future__ import annotations
