"""How facts leave one service and reach another: told again if unsure, heard once, in order."""
