"""Meetings owns what a council deliberates, resolves and credits as duty."""
