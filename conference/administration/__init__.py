"""The administration as a whole: who gets in, what it records, and its first page."""
