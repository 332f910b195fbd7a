"""Intake owns what a resident raises: the matter, its receipt and the vault of residents' data."""
