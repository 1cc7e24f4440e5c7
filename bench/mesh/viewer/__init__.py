"""A participant without a browser: a seat of the wire and a peer that never decodes.

`attendee.py` keeps the seat, `pair.py` the connection with one page, `sink.py` says
what becomes of the media; `description.py`, `packets.py`, `feedback.py` and
`reception.py` are arithmetic on texts and bytes.
"""
