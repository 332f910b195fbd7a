"""The kernel measured beside its peers: each scenario plays both in turn, on the same servers.

`python -m bench` plays all; the figures that count are taken on a quiet machine.
"""
