"""The catalogues: complete, current, and with the same placeholders."""
