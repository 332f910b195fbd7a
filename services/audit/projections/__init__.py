"""What audit shows: each file one question."""
