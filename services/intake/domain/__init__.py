"""The rules of intake: pure, and knowing nothing of databases or requests."""
