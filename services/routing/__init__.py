"""Routing owns who answers a matter and by when."""
