"""Changes of fieldwork."""
