"""Audit owns the city's journal: every history by cause, and the search over matters.

It hears everything, every topic and every key, and keeps it as it came. It takes no command and
tells no fact yet. It answers how one matter came to where it is, over all services and in the order
of causes, and where a matter is, by its code, its place or words of its text.

Hears: issue, meeting, duty, notice, directory, audit.
"""
