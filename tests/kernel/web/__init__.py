"""What a service says over HTTP besides its pages."""
