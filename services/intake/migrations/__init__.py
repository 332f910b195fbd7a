"""Tables of intake that no fact could make anew."""
