"""Single choice: one of a few options is right. Stored: `("b",)`."""
