"""Directory's own tables: how staff sign in, which no fact tells."""
