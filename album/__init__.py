"""Photos beside the facts: written anew, closed with the key of whose they are, kept as files."""

MOST_FILES = 9
"""Named by one fact."""
MOST_BYTES = 10 * 1024 * 1024
MOST_BODY = MOST_FILES * MOST_BYTES + 1024 * 1024
"""Of a form with photos."""
