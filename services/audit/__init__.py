"""Audit hears everything: every topic and every key, kept in its journal as it came. It takes no
command and tells no fact yet. It answers how one matter came to where it is, over all services and
in the order of causes, and where a matter is, by its code, its place or words of its text.
"""
