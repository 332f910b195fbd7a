"""What makes a history provable: a chain for each stream, a signed tree over the whole order."""
