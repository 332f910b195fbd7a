"""Audit hears everything and answers for histories, figures and proofs."""
