"""Database and files in one archive, and back, from either database into either.

A backup is a gzipped tar with one JSON line for each row (`rows/<model>.jsonl`), the
files below MEDIA_ROOT (`files/…`) and, last, `manifest.json`: what an archive that was
cut off lacks. SECRET_KEY is never in it.
"""


class BackupFault(Exception):
    """Why there is no backup, or nothing was restored, in words."""
