"""Published content: how its files are read, checked, published, translated and shown."""
