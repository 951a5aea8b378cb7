"""Surveys: anonymous feedback, and the receipt that it was given."""
