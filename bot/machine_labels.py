"""Owns `mendline qr`: which machines get labels, and the files they are written to."""

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from aftersales.people import Asset
from bot.settings import Settings, SettingsError
from dialogs.understanding.serial import nearest_serials, normalise_serial
from notifier.machine_labels import Label, label_for, opens_only_here, pdf_of, png_of
from storage.engine import Store
from storage.unit import Unit

FILE = Path("machine-labels.pdf")
UNFIT = re.compile(r"[^\w.-]+")  # what a file's name had better not hold


def write_labels(
    store: Store, settings: Settings, machines: Collection[Asset], size: str, pdf: Path | None = None, png: Path | None = None
) -> list[str]:
    """
    Write the labels of *machines* to a PDF file, or each as a picture into a folder; into machine-labels.pdf when neither is named.

    Returns:
        Lines that say what was written, and what to see to before it is printed.

    Raises:
        SettingsError: the file cannot be written.
    """
    firm, locale, url = settings.mendline_firm, settings.mendline_locale, settings.public_url
    labels = [label_for(machine, firm, url, store.secret) for machine in machines]
    said = []
    try:
        if png:
            png.mkdir(parents=True, exist_ok=True)
            for name, label in _named(labels):
                (png / f"{name}.png").write_bytes(png_of(label, locale, size))
            said.append(f"{_count(labels)} in {png}/")
        if pdf or not png:
            file = pdf or FILE
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(pdf_of(labels, locale, size))
            said.append(f"{_count(labels)} in {file}: print it on A4 without scaling")
    except OSError as problem:
        raise SettingsError(f"{problem.filename} cannot be written ({problem.strerror})") from problem
    if opens_only_here(url):
        said.append(f"They lead to {url}, which no phone can open: set MENDLINE_PUBLIC_URL before you print them.")
    return said


def machines_named(unit: Unit, serials: Iterable[str]) -> list[Asset]:
    """
    The machines with these serial numbers, each once, in that order; case, spaces and dashes do not matter.

    Raises:
        SettingsError: one is not on record; the message names those it may be.
    """
    known = unit.serials()
    found: dict[str, Asset] = {}
    for typed in serials:
        near = [typed] if typed in known else nearest_serials(typed, known)
        if not near or normalise_serial(near[0]) != normalise_serial(typed):
            instead = f"did you mean {' or '.join(near)}?" if near else "the console's page of machines lists those that are"
            raise SettingsError(f"no machine {typed} is on record; {instead}")
        asset = unit.asset_by_serial(near[0])
        assert asset is not None
        found[asset.serial] = asset
    return list(found.values())


def all_machines(unit: Unit) -> list[Asset]:
    """Every machine on record, by serial."""
    return machines_named(unit, sorted(unit.serials()))


def _named(labels: Iterable[Label]) -> Iterable[tuple[str, Label]]:
    """Each label with a file name of its own, made of the serial."""
    taken: set[str] = set()
    for label in labels:
        name = plain = UNFIT.sub("_", label.serial).strip(".") or "label"
        while name.casefold() in taken:  # on some disks A.png and a.png are one file
            name = f"{plain}-{len(taken) + 1}"
        taken.add(name.casefold())
        yield name, label


def _count(labels: Collection[Label]) -> str:
    return "1 label" if len(labels) == 1 else f"{len(labels)} labels"
