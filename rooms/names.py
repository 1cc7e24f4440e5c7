"""One rule for every name that is shown in a room; see accounts.names."""

from accounts.names import NAME_LENGTH, BadName, clean_name, visible_line, visible_lines

__all__ = ["NAME_LENGTH", "BadName", "clean_name", "visible_line", "visible_lines"]
