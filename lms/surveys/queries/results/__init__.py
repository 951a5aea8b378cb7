"""Reads of results: what is asked, what may be shown of the answers, texts, comments, and what was changed."""
