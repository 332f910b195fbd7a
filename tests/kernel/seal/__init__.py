"""Sealed texts and their keys, one promise at a time."""
