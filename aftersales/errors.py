"""Owns what can go wrong in the world of the trade's rules; what people may not do is a Refusal, not an error."""


class AftersalesError(Exception):
    """Something in the trade's rules cannot be used as it is."""


class PolicyError(AftersalesError):
    """A policy file says something that cannot be followed."""
