"""Listening: readings of lessons and questions, recorded by people who know the language, and who hears which."""
