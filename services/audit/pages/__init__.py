"""Audit's part of the console: where a matter is found, and how it came to where it is."""
