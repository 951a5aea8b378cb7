"""Translations as people read them: how far they are, and which wordings are reported as wrong."""
