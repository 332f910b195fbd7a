"""A whole city on one machine: real servers, every service and sample people."""
