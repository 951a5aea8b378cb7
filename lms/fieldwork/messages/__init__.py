"""Sentences of fieldwork."""
