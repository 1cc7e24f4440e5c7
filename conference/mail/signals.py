"""What became of a mail, told to whoever handed it in.

Both name the `reference` that the message carried ("" if it carried none); they are
sent outside of any request, and a receiver that fails is logged and harms nobody.
"""

from django.dispatch import Signal

mail_sent = Signal()
"""The mail server took it. With `reference`."""

mail_failed = Signal()
"""A try failed. With `reference`, `fault` (words for people, without addresses) and
`final`: whether it was the last try."""
