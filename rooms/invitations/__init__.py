"""Inviting: what its maker types, what is made of it, and the mail that carries it."""
