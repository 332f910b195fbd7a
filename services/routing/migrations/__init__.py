"""Tables of routing that no fact could make anew."""
