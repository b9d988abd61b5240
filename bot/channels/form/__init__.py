"""Owns the web form: one page that needs no script, read into the same report as any chat."""
