"""Owns `mendline playbook`: check the files and say what to put right, draw one, try one in the terminal."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.settings import ROOT, SettingsError
from dialogs.playbooks import Mistake, Playbook, check
from dialogs.playbooks.checking import read_file

app = typer.Typer(no_args_is_help=True, help="Check, draw and try the scripts for repair at a distance.")
FOLDER = ROOT / "playbooks"


class Language(StrEnum):
    """The languages of a playbook."""

    EN = "en"
    ZH_CN = "zh_CN"
    ZH_TW = "zh_TW"


@app.command(name="check")
def check_command(
    files: Annotated[list[Path] | None, typer.Argument(help="playbooks or folders; those of this desk when left out")] = None,
) -> None:
    """Name file, line and remedy of every mistake. Ends with 1 when there is any."""
    mistakes: list[Mistake] = []
    count = 0
    for path in files or [FOLDER]:
        if not path.exists():
            raise SettingsError(f"there is no {path}")
        folder, only = (path, None) if path.is_dir() else (path.parent, [path])
        mistakes += check(folder, only)
        count += len(only or list(folder.glob("*.yaml")))
    for mistake in dict.fromkeys(mistakes):
        typer.echo(str(mistake))
    if mistakes:
        raise typer.Exit(1)
    typer.echo(f"{count} playbook{'s are' if count != 1 else ' is'} in order.")


@app.command()
def draw(
    playbook: Annotated[str, typer.Argument(help="a file, or the id of one of this desk's playbooks")],
    language: Annotated[Language, typer.Option(help="of the words in it")] = Language.EN,
    svg: Annotated[Path | None, typer.Option(help="write a picture to this file instead")] = None,
) -> None:
    """Print the flow as a Mermaid chart, or write it as a picture."""
    from dialogs.playbooks.drawing import mermaid
    from dialogs.playbooks.picturing import picture

    found = _found(playbook)
    if svg:
        svg.write_text(picture(found, language), "utf-8")
        typer.echo(f"{svg} is written.")
    else:
        typer.echo(mermaid(found, language), nl=False)


@app.command(name="try")
def try_command(
    playbook: Annotated[str, typer.Argument(help="a file, or the id of one of this desk's playbooks")],
    language: Annotated[Language, typer.Option(help="that the customer reads")] = Language.EN,
    brand: Annotated[str, typer.Option(help="of the machine, as the customer wrote it")] = "",
    model: Annotated[str, typer.Option(help="of the machine")] = "",
    code: Annotated[str, typer.Option(help="that it shows")] = "",
    extent: Annotated[int, typer.Option(min=1, max=3, help="1 does not work at all, 2 works badly, 3 a small thing")] = 2,
) -> None:
    """Be the customer: a number presses a button, anything else is typed, /wait lets the time of a step pass, /quit ends."""
    from bot.playbook_trial import Trial

    with Trial(_found(playbook), language, brand=brand, model=model, code=code, extent=extent) as trial:
        typer.echo(trial.news())
        while not trial.is_over:
            typer.echo("> ", nl=False)
            line = sys.stdin.readline()
            if not line or line.strip() == "/quit":
                break
            if line.strip() == "/wait":
                trial.waits()
            else:
                trial.answers(line.strip())
            typer.echo("\n" + trial.news())
        typer.echo(trial.outcome())


def _found(named: str) -> Playbook:
    """The playbook of a file or an id, only when it is in order."""
    path = Path(named)
    if not path.is_file():
        path = FOLDER / f"{named.removesuffix('.yaml')}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.yaml")))
        raise SettingsError(f"there is no playbook {named}. Name a file, or one of: {known}")
    sheeted, mistakes = read_file(path)
    if mistakes or sheeted is None:
        raise SettingsError("put this right first:\n" + "\n".join(map(str, sorted(mistakes))))
    return sheeted.playbook
