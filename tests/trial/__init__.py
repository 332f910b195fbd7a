"""Tests of the servers that the trial and all other tests rest on."""
