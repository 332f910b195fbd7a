"""State machines: what Hypothesis thinks of is done to the kernel and to plain lists alike."""
