"""Owns the real databases of the tests: a private PostgreSQL a session, and a fresh migrated database for each test, cheaply."""

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from storage.migrating import migrate

INSTALL = "apt-get install postgresql"
# Nothing here has to outlive the machine: what a test kills is our own process, never PostgreSQL.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
}


def postgresql_programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest version first; None when it is not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda found: int(found.parts[4].split(".")[0]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _fast_folder() -> str | None:
    """Memory, where there is plenty of it; else wherever scratch files go."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2**30 else None


def need_postgresql() -> Path:
    """The folder of PostgreSQL's programs; without it the test is skipped, or fails where nothing may be skipped (CI=true)."""
    programs = postgresql_programs()
    if programs is not None:
        return programs
    if os.environ.get("CI") == "true":
        pytest.fail(f"PostgreSQL is missing: {INSTALL}", pytrace=False)
    pytest.skip(f"PostgreSQL is missing: {INSTALL}")


class SqliteDatabases:
    """Fresh SQLite files, each a copy of one that was migrated."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        migrate(f"sqlite:///{self._template}")

    def fresh(self, folder: Path) -> str:
        """The address of a migrated database that nobody has used."""
        shutil.copyfile(self._template, folder / "mendline.db")
        return f"sqlite:///{folder / 'mendline.db'}"


class PostgresqlDatabases:
    """A private PostgreSQL on a free port of this machine, until close(). Started by root it runs as the user postgres."""

    def __init__(self) -> None:
        self._programs = need_postgresql()
        self._as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._folder = Path(tempfile.mkdtemp(prefix="mendline-pg-", dir=_fast_folder()))
        self._folder.chmod(0o700)
        if self._as_postgres:
            shutil.chown(self._folder, "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._numbers = itertools.count(1)
        try:
            self._run("initdb", "-D", "cluster", "-U", "mendline", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
            options = {**SETTINGS, "port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self._folder}
            started = " ".join(f"-c {name}={value}" for name, value in options.items())
            self._run("pg_ctl", "-D", "cluster", "-w", "-t", "60", "-l", "log", "-o", started, "start")
            self._admin = psycopg.connect(host="127.0.0.1", port=self.port, user="mendline", dbname="postgres", autocommit=True)
            migrate(self.empty("template_mendline"))
        except BaseException:
            self.close()
            raise

    def empty(self, name: str = "") -> str:
        """The address of a database without tables."""
        return self._create(name, "template0")

    def fresh(self) -> str:
        """The address of a migrated database that nobody has used."""
        return self._create("", "template_mendline")

    def drop(self, url: str) -> None:
        """Take a database away, whoever is still in it."""
        self._admin.execute(f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)".encode())

    def close(self) -> None:
        """Stop the server and leave nothing behind."""
        if hasattr(self, "_admin"):
            self._admin.close()
        if (self._folder / "cluster" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", "cluster", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _create(self, name: str, template: str) -> str:
        name = name or f"test_{next(self._numbers)}"
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy".encode())
        return self._address(name)

    def _address(self, database: str) -> str:
        return f"postgresql+psycopg://mendline@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._as_postgres, str(self._programs / program), *arguments],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            text=True,
            timeout=120,
        )
        if done.returncode != 0:
            log = self._folder / "log"
            said = (done.stderr or "") + (log.read_text() if log.exists() else "")
            raise RuntimeError(f"{program} failed:\n{said[-2000:]}")
