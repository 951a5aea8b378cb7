"""People: persons, accounts, sign-in, roles."""
