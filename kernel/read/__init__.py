"""What is made of facts: read models and reactions, each from its own place in the order."""
