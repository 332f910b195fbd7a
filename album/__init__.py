"""Photos beside the facts: written anew, closed with the key of whose they are, kept as files."""
