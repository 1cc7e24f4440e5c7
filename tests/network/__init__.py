"""The network lab: real browsers behind NATs, firewalls and bad lines."""
