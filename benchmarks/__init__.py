"""Measurements: compared within one run, never asserted."""
