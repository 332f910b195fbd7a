"""Directory, wired."""

from kernel.web.service import Service
from registry.organisations import organisations
from services.directory.commands import ORGANISATIONS

DIRECTORY = Service("directory", [ORGANISATIONS], [organisations])
