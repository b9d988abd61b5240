"""Owns the web chat: its pages, its line and its files."""
