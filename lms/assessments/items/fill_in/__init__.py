"""Fill-in: a text with gaps, each typed or chosen from a list. Stored: `("gap=typed", "gap=option")`, sorted."""
