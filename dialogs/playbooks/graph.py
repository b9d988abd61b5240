"""Owns questions about which step leads to which: what is reached, what goes round, how long the ways are."""

from collections.abc import Mapping, Sequence

Moves = Mapping[str, tuple[str, ...]]
ROUNDS = 60  # more than any way is long: after these the expected lengths stand still


def reachable(moves: Moves, start: str) -> set[str]:
    """Every step that can come after *start*; itself only when a circle leads back."""
    met: set[str] = set()
    ahead = list(moves[start])
    while ahead:
        step = ahead.pop()
        if step not in met:
            met.add(step)
            ahead += moves[step]
    return met


def longest_lengths(moves: Moves) -> dict[str, int]:
    """Count the steps of the longest way from each step on; steps that can be walked in a circle count once each."""
    reach = {step: reachable(moves, step) for step in moves}
    length: dict[str, int] = {}
    for step in sorted(moves, key=lambda s: len(reach[s] | {s})):  # what lies ahead reaches less, so it comes first
        circle = {step} | {other for other in reach[step] if step in reach[other]}
        onward = [length[to] for member in circle for to in moves[member] if to not in circle]
        length[step] = len(circle) + max(onward, default=0)
    return length


def likely_lengths(ways: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Expect the number of steps from each one on, every way out of a step being as likely; what is no step ends the walk."""
    length = dict.fromkeys(ways, 1.0)
    for _ in range(ROUNDS):
        length = {step: 1 + sum(length.get(to, 0.0) for to in on) / max(len(on), 1) for step, on in ways.items()}
    return length
