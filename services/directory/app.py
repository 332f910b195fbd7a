"""Directory, wired."""

from kernel.web.service import Service
from registry.organisations import organisations
from registry.seats import seats
from services.directory.commands import ORGANISATIONS, SEATS

DIRECTORY = Service("directory", [ORGANISATIONS, SEATS], [organisations, seats])
