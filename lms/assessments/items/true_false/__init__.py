"""True or false: a statement holds or it does not. Stored: `("true",)`."""
