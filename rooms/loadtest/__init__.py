"""Many people at once, as clients of the wire: `manage.py loadtest`, and proofs."""
