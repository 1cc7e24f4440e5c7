"""Introduces the people of a room to each other; see docs/protocol.md."""
