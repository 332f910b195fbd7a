"""What notify decides: who is told, when a message may go out, when to ask again."""
