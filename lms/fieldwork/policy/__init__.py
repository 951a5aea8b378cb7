"""Who may see and change what in fieldwork; beside each check the same as a row filter."""
