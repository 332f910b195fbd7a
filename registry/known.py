"""What every service of the city knows of the others' places and people."""

from registry.organisations import organisations
from registry.seats import seats
from registry.sessions import session_ends

KNOWN = (organisations, seats, session_ends)
