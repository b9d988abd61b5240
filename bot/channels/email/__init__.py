"""Owns e-mail as a channel: fetching over IMAP, reading, writing, and sending over SMTP."""
