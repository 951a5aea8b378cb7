"""Multiple response: several options are right, and part of them earns part of the points. Stored: `("a", "c")`."""
