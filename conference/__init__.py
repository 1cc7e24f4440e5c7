"""The site around the rooms: settings, addresses, server, safety."""
