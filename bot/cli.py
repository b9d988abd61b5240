"""Owns the command line: mendline run, demo, check, invite, login, ticket, plan, qr, migrate. Each says what to do next."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from aftersales.errors import AftersalesError
from aftersales.people import AT_THE_DESK, Role
from aftersales.policies import Policies
from bot import demo as demo_firm
from bot.alone import one_desk
from bot.channels.sms.gateway import names_of, read_gateways
from bot.plan_cli import plan
from bot.playbook_cli import app as playbook_app
from bot.serving import serve, set_up_logs
from bot.settings import ROOT, Settings, SettingsError, read_settings
from bot.understand import understand
from dialogs.moments import moment
from dialogs.playbooks import PlaybookError, load_playbooks
from dialogs.progress import playbook_named, remark
from dialogs.wording import word
from storage.clock_audit import audit_clocks
from storage.engine import Store
from storage.errors import StorageError
from storage.migrating import migrate
from storage.unit import Unit

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
screen = Console(highlight=False)
DAY = timedelta(days=1)


def main() -> None:
    """Run a command; what goes wrong is one clear line, not a traceback."""
    try:
        app()
    except (SettingsError, StorageError, AftersalesError, PlaybookError) as problem:
        print(f"mendline: {problem}", file=sys.stderr)
        sys.exit(2)


@app.callback()
def about() -> None:
    """[b]Mendline[/b], the line you message to get things mended.

    Begin with [b]mendline demo --load[/b], then [b]mendline run[/b]. Settings stand in .env; .env.example explains each.
    """


@app.command()
def run() -> None:
    """Start the desk: web chat, console, and Telegram when a token is set. Stop it with Ctrl-C; nothing is lost."""
    settings = read_settings()
    set_up_logs(settings.mendline_log)
    settings.mendline_data.mkdir(parents=True, exist_ok=True)
    with one_desk(settings):
        _prepare(settings)
        store = Store(settings.database)
        try:
            is_demo = bool(store.write_now(lambda unit: unit.recall(demo_firm.LOADED)))
            if is_demo and settings.mendline_host in ("127.0.0.1", "::1", "localhost"):
                settings.mendline_demo = True
            if is_demo:
                _say_where_to_go(settings, store)
        finally:
            store.close()
        if not is_demo:
            screen.print(f"Customers write here: [b]{settings.public_url}/chat[/b]")
            screen.print("Let your first dispatcher in with [b]mendline invite dispatcher[/b]")
        if settings.telegram_token.get_secret_value():
            screen.print(f"Telegram: on ({settings.telegram_driver}, {settings.telegram_mode})")
        asyncio.run(serve(settings))


@app.command()
def demo(load: Annotated[bool, typer.Option("--load", help="put the demo firm into the database")] = False) -> None:
    """The demo firm: customers with machines, engineers, dispatchers, parts. Loading it twice changes nothing."""
    settings = read_settings()
    _prepare(settings)
    if not load:
        screen.print("mendline demo --load puts an invented firm into the database of the settings, for trying things out.")
        return
    with _store(settings) as unit_store:
        loaded = unit_store.write_now(demo_firm.load)
    screen.print("The demo firm is loaded." if loaded else "The demo firm is there already.")


@app.command()
def check() -> None:
    """Read settings, policy and playbooks, look at the database; say what is wrong, or that all is well."""
    settings = read_settings()
    policies = Policies.load(ROOT / "policies", settings.mendline_policy)
    library = load_playbooks(ROOT / "playbooks")
    _prepare(settings)
    with _store(settings) as store:
        store.write_now(lambda unit: None)
        audit = store.read_now(audit_clocks)
    for line in audit.wrong:
        screen.print(line, soft_wrap=True)
    if audit.wrong:
        screen.print(f"{len(audit.wrong)} clocks do not agree with their ledgers.")
        raise typer.Exit(1)
    screen.print(f"{audit.running} running clocks agree with their ledgers.")
    if gateways := read_gateways(settings.sms_gateway.get_secret_value()):
        screen.print(f"SMS go out through {', else '.join(names_of(gateways))}.")
    ways = f"{len(policies.names)} policies (in use: {policies.default.name})"
    screen.print(f"Settings, {ways}, {len(library.playbooks)} playbooks and the database are in order.")


@app.command()
def invite(
    role: Annotated[Role, typer.Argument(help="what they will be")],
    name: Annotated[str, typer.Option(help="their name, when they are new")] = "",
    days: Annotated[int, typer.Option(min=1, max=90, help="how long the link is good")] = 7,
) -> None:
    """Make a one-time invitation: whoever opens it first gets the role. Send it to the right person only."""
    settings = read_settings()
    _prepare(settings)

    def make(unit: Unit) -> str:
        person_id = unit.add_person(name, settings.mendline_locale, settings.mendline_zone).id if name else None
        return unit.make_link(role, timedelta(days=days), person_id)

    with _store(settings) as store:
        token = store.write_now(make)
    if role in AT_THE_DESK:
        screen.print(f"Console:   {settings.public_url}/console/enter/{token}", soft_wrap=True)
    screen.print(f"Web chat:  {settings.public_url}/join/{token}", soft_wrap=True)
    if settings.telegram_token.get_secret_value():
        screen.print(f"Telegram:  write [b]/start join_{token}[/b] to the bot", soft_wrap=True)
    screen.print(f"One of these, once, within {days} days.")


@app.command()
def login(name: Annotated[str, typer.Argument(help="name of somebody on the staff, or a part of it")]) -> None:
    """Make a one-time login link for somebody on the staff, good for an hour."""
    settings = read_settings()
    _prepare(settings)
    with _store(settings) as store:
        people = store.write_now(lambda unit: [p for role in Role for p in unit.people_with(role)])
        found = list({p.id: p for p in people if name.casefold() in p.name.casefold()}.values())
        if len(found) != 1:
            known = ", ".join(sorted({p.name for p in people})) or "nobody yet; mendline invite lets somebody in"
            raise SettingsError(f"{len(found)} people match {name!r}. On the staff: {known}")
        person = found[0]
        desk = person.roles & AT_THE_DESK
        role = min(desk or person.roles)
        token = store.write_now(lambda unit: unit.make_link(role, timedelta(hours=1), person.id))
    where = f"/console/enter/{token}" if desk else f"/join/{token}"
    screen.print(f"{settings.public_url}{where}", soft_wrap=True)


@app.command()
def ticket(number: Annotated[str, typer.Argument(help="the number, or its last four digits")]) -> None:
    """Print the progress record of a ticket: stage, who, when, result (工单号 处理阶段 责任人 时间节点 处理结果)."""
    settings = read_settings()
    _prepare(settings)
    locale, zone = settings.mendline_locale, ZoneInfo(settings.mendline_zone)
    library = load_playbooks(ROOT / "playbooks")
    with _store(settings) as store:

        def look(unit: Unit) -> Table | None:
            found = unit.ticket_numbered(number)
            if found is None:
                return None
            family, state = word(f"family.{found.report.family}", locale), word(f"state.{found.state}", locale)
            table = Table(title=f"{found.number} · {family} · {state}", title_justify="left")
            for heading in ("record.when", "record.stage", "record.who", "record.what", "record.note"):
                table.add_column(word(heading, locale))
            playbook = playbook_named(library, found.playbook)
            for row in unit.history(found.id):
                person = unit.person(row.actor_id) if row.actor_id else None
                kind, said = remark(row, playbook, locale)
                if kind == "moment":
                    said = moment(datetime.fromisoformat(said), unit.now, settings.mendline_zone, locale)
                table.add_row(
                    f"{row.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
                    word(f"state.{row.to_state}", locale),
                    person.name if person else word("record.desk", locale),
                    word(f"verb.{row.verb}", locale),
                    said[locale] if kind == "mine" else said,
                )
            return table

        table = store.write_now(look)
    if table is None:
        raise SettingsError(f"there is no ticket {number}")
    Console(width=None if sys.stdout.isatty() else 160).print(table)


@app.command()
def qr(
    serials: Annotated[list[str] | None, typer.Argument(metavar="SERIAL", help="serial numbers of the machines")] = None,
    every: Annotated[bool, typer.Option("--all", help="every machine on record")] = False,
    pdf: Annotated[Path | None, typer.Option(help="write sheets of labels to this file")] = None,
    png: Annotated[Path | None, typer.Option(help="write each label as a picture into this folder")] = None,
    size: Annotated[Literal["70x37", "63.5x38.1", "105x74"], typer.Option(help="of a label on the A4 sheet, in mm")] = "70x37",
    replace: Annotated[bool, typer.Option("--replace", help="make earlier labels of these machines void")] = False,
) -> None:
    """Make labels with a QR code: scanning one opens the chat with machine, site and contact filled in."""
    from bot.machine_labels import all_machines, machines_named, write_labels

    if bool(serials) is every:
        raise SettingsError("name the machines by their serial numbers, or take --all; either, not both")
    settings = read_settings()
    _prepare(settings)
    if every and replace:
        typer.confirm("Every label on every machine will be void. Go on?", abort=True)
    with _store(settings) as store:

        def choose(unit: Unit) -> list[int]:
            chosen = [machine.id for machine in (all_machines(unit) if every else machines_named(unit, serials or ()))]
            if replace:
                unit.new_label_series(chosen)
            return chosen

        chosen = store.write_now(choose)
        if not chosen:
            raise SettingsError("no machine is on record yet")
        machines = store.write_now(lambda unit: [asset for one in chosen if (asset := unit.asset(one))])
        for line in write_labels(store, settings, machines, size, pdf, png):
            screen.print(line, soft_wrap=True)


@app.command(name="migrate")
def migrate_command() -> None:
    """Bring the database to the shape that this version needs. `run` does it too."""
    settings = read_settings()
    settings.mendline_data.mkdir(parents=True, exist_ok=True)
    applied = migrate(settings.database)
    screen.print("\n".join(f"applied {one}" for one in applied) or "Nothing to do.")


app.command()(plan)
app.command()(understand)
app.add_typer(playbook_app, name="playbook")


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    """A store for one short command, closed at its end; neither playbooks nor policies are read for it."""
    store = Store(settings.database)
    try:
        yield store
    finally:
        store.close()


def _prepare(settings: Settings) -> None:
    Path(settings.mendline_data).mkdir(parents=True, exist_ok=True)
    migrate(settings.database)


def _say_where_to_go(settings: Settings, store: Store) -> None:
    base = settings.public_url

    def links(unit: Unit) -> tuple[str, str]:
        dispatcher, engineer = unit.demo_person(Role.DISPATCHER), unit.demo_person(Role.ENGINEER)
        return unit.make_link(Role.DISPATCHER, DAY, dispatcher.id), unit.make_link(Role.ENGINEER, DAY, engineer.id)

    console, phone = store.write_now(links)
    screen.print("\n[b]Mendline is running.[/b] Open one of these:\n")
    if settings.mendline_demo:
        screen.print(f"  The whole story, three phones   [b]{base}/demo[/b]")
    screen.print(f"  A customer's chat               {base}/chat")
    screen.print(f"  A dispatcher's console (once)   {base}/console/enter/{console}", soft_wrap=True)
    screen.print(f"  An engineer's chat (once)       {base}/join/{phone}", soft_wrap=True)
    screen.print("\nStop with Ctrl-C. Everything is kept.\n")
