"""The product in a real browser: web chat, console and demo page together."""
