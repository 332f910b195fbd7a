"""How one service is built and run, and what it shows over HTTP besides its pages."""
