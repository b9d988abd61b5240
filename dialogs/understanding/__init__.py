"""Reads what people write, in simplified and traditional Chinese and in English; pure, and never raises on a text."""
