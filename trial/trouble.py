"""What stops the program and is no mistake of its own."""


class Trouble(RuntimeError):
    """In one line for a person."""
