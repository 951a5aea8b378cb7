"""Reads of the gathering pages: what is known of people, and the lists that a page shows."""
