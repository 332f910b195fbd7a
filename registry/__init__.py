"""What every service knows of places, seats and working days, from what directory tells."""
