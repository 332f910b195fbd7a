"""Notify owns who is told of what, how, and whether it arrived."""
