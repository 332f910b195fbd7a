"""What notify shows, and what it still has to send: each file one question."""
