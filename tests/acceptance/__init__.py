"""Whole stories, told as conversations."""
