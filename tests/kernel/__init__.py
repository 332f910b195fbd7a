"""Tests of the kernel, on a small trade of their own."""
