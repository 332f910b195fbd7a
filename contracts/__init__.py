"""What the services promise to tell each other: facts, permissions and the calendar."""
