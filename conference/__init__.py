"""The site around the rooms: settings, addresses, server, safety."""

VERSION = "0.1.0"
