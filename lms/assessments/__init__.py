"""Assessments: quizzes, attempts and their grading."""
