"""Owns Telegram as a channel: what an update means, how a message looks there, and the two drivers that carry both."""
