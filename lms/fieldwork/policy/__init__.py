"""Who may see and change what of fieldwork; beside each check the same as a row filter."""
