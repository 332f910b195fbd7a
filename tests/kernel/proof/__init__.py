"""Tests of the tree, its heads, and the verifier against every way of tampering."""
