"""coturn, the relay: the secret it shares with us, and one that `make run` starts."""
