"""The rules of meetings: pure, and knowing nothing of databases or requests."""
