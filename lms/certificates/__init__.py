"""Certificates: decided by people, signed and drawn by the program, checked by anyone."""
