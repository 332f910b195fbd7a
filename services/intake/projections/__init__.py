"""What intake shows: each file one question."""
