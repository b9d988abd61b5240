"""Owns drawing a playbook: Mermaid text, for a page or a review, in one language."""

from dialogs.playbooks.format import GATE, Answer, Exit, ExitKind, Playbook, Skip, Step

_LONGEST = 60
_SHAPES = {
    ExitKind.SOLVED: ("([", "])"),
    ExitKind.VISIT: ("[[", "]]"),
    ExitKind.SEND_IN: ("[[", "]]"),
    ExitKind.HUMAN: ("[/", "/]"),
    ExitKind.HAZARD: ("{{", "}}"),
}


def mermaid(playbook: Playbook, language: str = "en") -> str:
    """The flow of a playbook as a Mermaid flowchart: questions, what leads on, endings by their kind."""
    lines = ["flowchart TD", f"    %% {playbook.id} {playbook.version}: {playbook.title[language]}"]
    for step in (playbook.gate, *playbook.steps.values()):
        lines.append(f'    {_name(step.id)}["{_quoted(step.say[language])}{minutes(step)}"]')
    for ending in playbook.exits.values():
        left, right = _SHAPES[ending.kind]
        lines.append(f'    {_name("exit." + ending.id)}{left}"{_quoted(_said(ending, language))}"{right}')
    for step in (playbook.gate, *playbook.steps.values()):
        lines += [f'    {_name(step.id)} -->|"{label}"| {_name(to)}' for to, label in _ways(step, language)]
    kinds: dict[ExitKind, list[str]] = {}
    for ending in playbook.exits.values():
        kinds.setdefault(ending.kind, []).append(_name("exit." + ending.id))
    styles = {ExitKind.SOLVED: "fill:#d9f2df", ExitKind.HAZARD: "fill:#ffd9d6", ExitKind.HUMAN: "fill:#e6e6ff"}
    for kind, style in styles.items():
        lines += [f"    style {name} {style}" for name in kinds.get(kind, [])]
    return "\n".join(lines) + "\n"


def minutes(step: Step) -> str:
    """The time that a step waits, in brackets; "" when it does not."""
    return f" ({int(step.wait.total_seconds() // 60)} min)" if step.wait else ""


def named_by(skip: Skip) -> str:
    """A condition in one line: "brand gree, code E6"."""
    one = skip.condition
    lists = {"brand": one.brands, "model": one.models, "code": one.codes, "extent": one.extents, "answer": one.answers}
    said = ", ".join(f"{name} {'/'.join(map(str, values))}" for name, values in lists.items() if values)
    return f"not {said}" if skip.unless else said


def _ways(step: Step, language: str) -> list[tuple[str, str]]:
    """Every way out of a step with its words, answers to one place on one arrow."""
    answers: list[Answer] = [*step.choices]
    if step.measure:
        answers += [step.measure.answer(place) for place in ("below", "inside", "above")]
    said: dict[str, list[str]] = {}
    for answer in answers:
        said.setdefault(answer.to, []).append(_quoted(answer.label[language]))
    if step.otherwise:
        said.setdefault(step.otherwise, []).append("…")
    for skip in step.skips:
        said.setdefault(skip.to, []).append(_quoted(f"if {named_by(skip)}"))
    return [(to, " / ".join(labels)) for to, labels in said.items()]


def _said(ending: Exit, language: str) -> str:
    words = ending.cause or ending.say
    return (
        f"{ending.kind.value}: {words[language]}"
        if words
        else ending.kind.value
        if not ending.hazard
        else f"hazard: {ending.hazard}"
    )


def _quoted(text: str) -> str:
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return short.replace('"', "'").replace("|", "/").replace("\n", " ").replace("#", "♯")


def _name(target: str) -> str:
    """An id that Mermaid takes: "end" and the like are words of its own."""
    return "s_" + target.replace(".", "_") if target != GATE else "s_gate"
