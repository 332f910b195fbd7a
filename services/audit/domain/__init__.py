"""How a history is told: what caused what, and what each fact says in words."""
