"""The dispatcher's console in a real browser, over a real server and a real database file."""
