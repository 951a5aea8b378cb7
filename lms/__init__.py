"""Training and certification of community health workers, promotores and representatives."""
