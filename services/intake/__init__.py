"""Intake owns what a resident raises: the matter, its receipt and the vault of residents' data.

Residents raise a matter by a code at the gate or by their community's page, follow it, rate the
answer and ask to be forgotten; station staff and liaisons hand out the codes. It hears routing and
meetings, so that a resident reads on one page what became of their matter; it tells what they said.
Who leads a matter reads its original here; other services ask it for a resident's number at the
moment they need it; both are written down.

Commands: erase-reporter, evaluate, issue-qr, revoke-qr.
Streams: issue, qr.
Hears: issue, meeting, directory.
"""
