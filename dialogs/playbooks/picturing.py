"""Owns the picture of a playbook: an SVG with a card for each question, every answer with where it leads, endings at the foot."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from dialogs.playbooks.drawing import minutes, named_by
from dialogs.playbooks.format import GATE, MEASURED, Exit, ExitKind, Playbook, Step

WIDE, ACROSS, DOWN = 400, 60, 46  # of a card, between two cards, between two rows of cards
LINE, PAD = 17, 9
LETTERS = 56  # of a line; a Chinese character is as wide as two
ACROSS_FOOT = 4  # endings side by side
FILL = {ExitKind.SOLVED: "#d9f2df", ExitKind.HAZARD: "#ffd9d6", ExitKind.HUMAN: "#e6e6ff"}
INK = {ExitKind.SOLVED: "#177245", ExitKind.HAZARD: "#b3261e", ExitKind.HUMAN: "#4b3fa7"}


@dataclass(slots=True)
class _Card:
    """One question or ending. *rows*: each answer with its target and the colour of it."""

    name: str
    head: list[str]
    rows: list[tuple[str, str, str]]
    fill: str
    x: int = 0
    y: int = 0

    @property
    def high(self) -> int:
        return (len(self.head) + len(self.rows) + 1) * LINE + 2 * PAD


def picture(playbook: Playbook, language: str = "en") -> str:
    """The flow of a playbook as SVG text, from the safety question at the top to the endings at the foot."""
    depth = _depths(playbook)
    steps = {step.id: _of_step(playbook, step, language) for step in (playbook.gate, *playbook.steps.values())}
    layers: list[list[_Card]] = [[] for _ in range(max(depth.values()) + 1)]
    for name, card in steps.items():
        layers[depth[name]].append(card)
    order = list(ExitKind)
    endings = [_of_exit(e, language) for e in sorted(playbook.exits.values(), key=lambda e: order.index(e.kind))]
    layers += [endings[at : at + ACROSS_FOOT] for at in range(0, len(endings), ACROSS_FOOT)]
    high = _place(layers)
    wide = max(card.x for layer in layers for card in layer) + WIDE + ACROSS
    curves = [
        _curve(steps[name], row, steps[to])
        for name in steps
        for row, (_, to, _) in enumerate(steps[name].rows)
        if to in steps and depth[to] == depth[name] + 1
    ]
    title = escape(f"{playbook.title[language]} ({playbook.id} {playbook.version})")
    font = "font-family='system-ui, Noto Sans CJK SC, sans-serif' font-size='12'"
    return "\n".join(
        [
            f"<svg xmlns='http://www.w3.org/2000/svg' width='{wide}' height='{high}' viewBox='0 0 {wide} {high}' {font}>",
            f"<title>{title}</title><rect width='100%' height='100%' fill='#fff'/>",
            *curves,
            *(_drawn(card) for layer in layers for card in layer),
            "</svg>\n",
        ]
    )


def _of_step(playbook: Playbook, step: Step, language: str) -> _Card:
    ways = [(f"if {named_by(skip)}", skip.to) for skip in step.skips]
    ways += [(choice.label[language], choice.to) for choice in step.choices]
    if step.measure:
        answers = [step.measure.answer(place) for place in MEASURED]
        ways += [(answer.label[language], answer.to) for answer in answers]
    if step.otherwise:
        ways.append(("…", step.otherwise))
    rows = [(label, to.removeprefix("exit."), _ink(playbook, to)) for label, to in ways]
    return _Card(step.id + minutes(step), _lines(step.say[language]), rows, "#fff4d6" if step.id == GATE else "#f4f6f8")


def _ink(playbook: Playbook, to: str) -> str:
    ending = playbook.exit(to) if to.startswith("exit.") else None
    return INK.get(ending.kind, "#8a5a00") if ending else "#1b5fa7"


def _of_exit(ending: Exit, language: str) -> _Card:
    words = ending.cause or ending.say
    name = f"{ending.id} = {ending.kind.value}"
    told = _lines(words[language]) if words else [ending.hazard or ""]
    return _Card(name, told, [], FILL.get(ending.kind, "#fff0d0"))


def _depths(playbook: Playbook) -> dict[str, int]:
    """How far each step is from the gate: below everything that leads to it, circles aside."""
    moves = playbook.moves()
    depth = dict.fromkeys(moves, 0)
    for _ in moves:  # as many rounds as there are steps: then nothing moves any more
        for name, targets in moves.items():
            for to in targets:
                if to != name and depth[name] < len(moves) - 1:
                    depth[to] = max(depth[to], depth[name] + 1)
    used = sorted(set(depth.values()))
    return {name: used.index(far) for name, far in depth.items()}


def _place(layers: Iterable[list[_Card]]) -> int:
    """Put the cards row by row; how far down they reach."""
    y = ACROSS // 2
    for layer in layers:
        for place, card in enumerate(layer):
            card.x, card.y = ACROSS // 2 + place * (WIDE + ACROSS), y
        y += max((card.high for card in layer), default=0) + DOWN
    return y


def _curve(card: _Card, row: int, to: _Card) -> str:
    x, y = card.x + WIDE, card.y + PAD + (len(card.head) + row + 1) * LINE + LINE // 2
    tx, ty = to.x + WIDE // 2, to.y
    far = x + ACROSS // 2
    return f"<path d='M{x} {y} C{far} {y} {far if tx < x else tx} {ty - DOWN} {tx} {ty}' fill='none' stroke='#9db4cc'/>"


def _drawn(card: _Card) -> str:
    lines = [(card.name, " font-weight='bold'"), *((line, "") for line in card.head)]
    texts = [_text(card.x + PAD, card, place, line, style) for place, (line, style) in enumerate(lines)]
    for row, (label, to, ink) in enumerate(card.rows, start=len(lines)):
        texts.append(_text(card.x + PAD, card, row, f"› {_short(label)}", " fill='#333'"))
        texts.append(_text(card.x + WIDE - PAD, card, row, to, f" fill='{ink}' text-anchor='end'"))
    box = f"<rect x='{card.x}' y='{card.y}' width='{WIDE}' height='{card.high}' rx='7' fill='{card.fill}' stroke='#8a97a6'/>"
    return box + "".join(texts)


def _text(x: int, card: _Card, place: int, words: str, style: str) -> str:
    return f"<text x='{x}' y='{card.y + PAD + place * LINE + 12}'{style}>{escape(words)}</text>"


def _width(text: str) -> int:
    return sum(1 if sign < "\u2e80" else 2 for sign in text)


def _short(text: str) -> str:
    while _width(text) > LETTERS - 20:
        text = text.removesuffix("…")[:-1] + "…"
    return text


def _lines(text: str) -> list[str]:
    """The text in lines that fit a card; Chinese may break anywhere."""
    lines, line = [], ""
    pieces = text.split(" ") if text.isascii() or " " in text[:12] else list(text)
    glue = " " if len(pieces) and pieces != list(text) else ""
    for piece in pieces:
        longer = f"{line}{glue}{piece}" if line else piece
        if _width(longer) > LETTERS and line:
            lines.append(line)
            line = piece
        else:
            line = longer
    return [*lines, line]
