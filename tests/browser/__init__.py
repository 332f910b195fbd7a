"""What only a real browser can tell: how pages look and behave, with and without JavaScript."""
