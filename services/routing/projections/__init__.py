"""What routing shows: each file one question."""

PAGE = 100
"""Rows of a list that one page shows."""
