"""Plays a month of a service firm four times over, each time with another way of sending people out, and compares."""
