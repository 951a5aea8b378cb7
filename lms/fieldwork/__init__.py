"""Fieldwork: hours of practice, sessions in a room with attendance, and skills that somebody observed."""
