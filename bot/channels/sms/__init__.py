"""Owns SMS as a channel: short words out, through a gateway that Apprise speaks to; nothing comes back in."""
