"""What routing shows: each file one question."""
