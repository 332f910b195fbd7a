"""How facts are kept, ordered, told, heard, sealed and proven. Knows no word of any trade."""
