"""What every page owes its reader, whoever made it."""
