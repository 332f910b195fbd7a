"""The six services; none of them imports another."""
