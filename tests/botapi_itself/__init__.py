"""Proof that the tests' own Bot API server behaves like the real one."""
