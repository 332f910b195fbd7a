"""Directory owns organisations, seats, staff accounts, sign-in and the working-day calendar."""
