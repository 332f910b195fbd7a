"""What meetings shows: each file one question."""
