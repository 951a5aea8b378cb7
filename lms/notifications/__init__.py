"""Notifications: letters as rows, written with their cause and posted by a job."""
