"""The rules of routing: pure, and knowing nothing of databases or requests."""
