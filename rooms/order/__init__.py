"""What hosts, and the people who run the site, do with a room and the people in it.

Each act checks the right, changes the rows, writes the log, all in one transaction, and
tells the running call once that is committed. It does so whoever asks: the call's own
orders, the pages of a room, the administration. Who may not do it gets Refused.
"""
