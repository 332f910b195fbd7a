"""What directory answers: each file one question."""
