"""The pages of rooms, one file for each thing they are about."""
