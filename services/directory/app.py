"""Directory, wired."""

from kernel.web.service import Service
from services.directory.commands import ORGANISATIONS
from services.directory.projections.organisations import organisations

DIRECTORY = Service("directory", [ORGANISATIONS], [organisations])
