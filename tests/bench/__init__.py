"""The benchmarks themselves: what they reckon, what they draw, and that one of them runs."""
