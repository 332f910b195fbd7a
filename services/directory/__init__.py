"""Directory owns organisations, seats, staff accounts and sign-in.

It keeps Lanzhou's divisions with dated validity, the stations, councils and rooms they have, the
seats on them and who sits there; names and passwords stay with it alone. It signs the short tokens
by which every service knows who of the staff asks. It hears nobody.

Commands: close-facility, close-organisation, end-sessions, leave-seat, move-organisation,
open-account, open-facility, open-organisation, open-seat, rename-organisation, take-seat.
Streams: account, org, seat.
"""
