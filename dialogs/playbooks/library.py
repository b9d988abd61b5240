"""Owns the playbooks that the desk has: read from a folder, read again when files change, old versions kept for who began them."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import structlog

from dialogs.playbooks.checking import Sheeted, among, read_file, read_folder
from dialogs.playbooks.choosing import Choice, Fault, choose
from dialogs.playbooks.format import Playbook
from dialogs.playbooks.mistakes import Mistake, PlaybookError

log = structlog.get_logger("playbooks")
Stamp = tuple[int, int]  # when a file was last written (ns) and how long it is


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was when it was last looked at, with what it held when it last was in order."""

    stamp: Stamp
    sheeted: Sheeted | None


class Library:
    """
    Every playbook of a folder, old versions included.

    With a *folder* it looks for changed files whenever one is to be chosen: a few dozen file dates, no reading. A changed file
    that has mistakes changes nothing and is logged once. Nothing that was ever loaded is forgotten while the process lives, so a
    conversation finishes the script that it began. Safe to use from several threads.
    """

    def __init__(self, playbooks: Iterable[Playbook] = (), folder: Path | None = None) -> None:
        self._current = tuple(playbooks)
        self._ever = {(p.id, p.version, p.edition): p for p in self._current}
        self._folder = folder
        self._files: dict[Path, _Seen] = {}
        self._looking = threading.Lock()

    @property
    def playbooks(self) -> tuple[Playbook, ...]:
        """What the folder held when it was last looked at, by id and version."""
        return self._current

    def get(self, playbook_id: str, version: int | None = None) -> Playbook | None:
        """Return that version, or the newest of the folder without one; None when it was never there."""
        if version is None:
            return max((p for p in self._current if p.id == playbook_id), key=lambda p: p.version, default=None)
        now = next((p for p in self._current if (p.id, p.version) == (playbook_id, version)), None)
        return now or next((p for p in reversed(self._ever.values()) if (p.id, p.version) == (playbook_id, version)), None)

    def running(self, playbook_id: str, version: int, edition: str) -> Playbook | None:
        """
        Return the very text that a conversation began with; after a restart with a changed file the nearest there is: the same
        version, else the newest. None when the folder has no such playbook any more.
        """
        same = self._ever.get((playbook_id, version, edition))
        return same or self.get(playbook_id, version) or self.get(playbook_id)

    def about(self, family: str) -> list[Playbook]:
        """The newest version of each playbook for machines of that kind."""
        return [playbook for playbook in self._newest() if playbook.family == family]

    def choose(self, fault: Fault) -> Choice | None:
        """Pick the playbook for a fault, as dialogs.playbooks.choosing.choose; changed files count from now on."""
        self.look()
        return choose(self._newest(), fault)

    def _newest(self) -> list[Playbook]:
        newest: dict[str, Playbook] = {}
        for playbook in self._current:  # by id and version: the last of each id is the newest
            newest[playbook.id] = playbook
        return list(newest.values())

    # -- files that change ------------------------------------------------------------------------------------------

    def look(self) -> bool:
        """Read the files that have changed since the last look; True when any has."""
        if self._folder is None or not self._looking.acquire(blocking=False):
            return False  # somebody else is looking just now
        try:
            return self._look(self._folder)
        finally:
            self._looking.release()

    def _look(self, folder: Path) -> bool:
        stamps = _stamps(folder)
        if stamps.keys() == self._files.keys() and all(self._files[file].stamp == stamp for file, stamp in stamps.items()):
            return False
        gone = self._files.keys() - stamps.keys()
        files = {file: seen for file, seen in self._files.items() if file not in gone}
        changed = [file for file, stamp in stamps.items() if file not in files or files[file].stamp != stamp]
        for file in changed:
            before = files[file].sheeted if file in files else None
            sheeted, mistakes = _read(file)
            if sheeted and not mistakes:
                others = [seen.sheeted for other, seen in files.items() if other != file and seen.sheeted]
                mistakes = [one for one in among([*others, sheeted]) if one.file == file]
            if mistakes:
                said = "the version before is kept" if before else "it is left out"
                log.warning("playbook_refused", first=str(min(mistakes)), mistakes=len(mistakes), so=said)
                sheeted = before
            else:
                log.info("playbook_loaded", file=file.name)
            files[file] = _Seen(stamps[file], sheeted)
        self._files = files
        self._take(seen.sheeted.playbook for seen in files.values() if seen.sheeted)
        return True

    def _take(self, playbooks: Iterable[Playbook]) -> None:
        current = tuple(sorted(playbooks, key=lambda p: (p.id, p.version)))
        self._ever = self._ever | {(p.id, p.version, p.edition): p for p in current}
        self._current = current

    def _begin(self, read: Iterable[Sheeted], stamps: dict[Path, Stamp]) -> None:
        by_file = {one.file: one for one in read}
        self._files = {file: _Seen(stamp, by_file.get(file)) for file, stamp in stamps.items()}
        self._take(one.playbook for one in by_file.values())


def load_playbooks(folder: Path) -> Library:
    """
    Read every *.yaml file of a folder.

    Raises:
        PlaybookError: any file has any mistake; nothing is loaded then.
    """
    stamps = _stamps(folder)  # before reading: what changes meanwhile is read again
    read, mistakes = read_folder(folder)
    if mistakes:
        raise PlaybookError(mistakes)
    library = Library(folder=folder)
    library._begin(read, stamps)
    return library


def _stamps(folder: Path) -> dict[Path, Stamp]:
    if not folder.is_dir():
        return {}
    found: dict[Path, Stamp] = {}
    for file in sorted(folder.iterdir()):
        if file.suffix == ".yaml":
            try:
                status = file.stat()
            except FileNotFoundError:  # an editor was just replacing it
                continue
            found[file] = (status.st_mtime_ns, status.st_size)
    return found


def _read(file: Path) -> tuple[Sheeted | None, list[Mistake]]:
    try:
        return read_file(file)
    except OSError as problem:
        return None, [Mistake(file, 1, f"the file cannot be read: {problem.strerror}", "Look at its rights")]
