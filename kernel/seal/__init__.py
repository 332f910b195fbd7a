"""Texts that rest only as ciphertext, the keys that open them, and how they are forgotten."""
