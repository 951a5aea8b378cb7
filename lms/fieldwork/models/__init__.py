"""Tables of fieldwork."""
