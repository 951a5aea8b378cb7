"""The words of fieldwork: sentences for what is refused, and names of kinds and states."""
