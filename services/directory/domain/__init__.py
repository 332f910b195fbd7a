"""The rules of directory: pure, and knowing nothing of databases or requests."""
