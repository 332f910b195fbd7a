"""Mutants of the kernel: each breaks one promise on purpose, and a test must see it."""
