"""Joining two records of one person: a union, looked at before, and undone as it was (decision 0008)."""
