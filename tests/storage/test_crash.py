"""A process that is killed in the middle of its commits has kept everything that it had acknowledged."""

import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from storage import tables as t
from storage.engine import Store

ROOT = Path(__file__).parents[2]
# Eight threads write; each id is printed only after its result is there. One line is one write(), so none is printed by half.
WRITER = """
import os, sys, threading
from storage.engine import Store

store = Store(sys.argv[1])

def turns(thread):
    for n in range(100_000):
        made = store.write_now(lambda unit: unit.add_person(f"{thread}.{n}", "en", "UTC").id)
        os.write(1, f"{made} {thread}.{n}\\n".encode())

for thread in range(8):
    threading.Thread(target=turns, args=(thread,), daemon=True).start()
sys.stdin.read()
"""
ENOUGH = 2000


def test_everything_acknowledged_is_there_after_kill_9(database_url: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, database_url], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout and process.stdin
    acknowledged = [process.stdout.readline() for _ in range(ENOUGH)]
    process.send_signal(signal.SIGKILL)
    acknowledged += process.stdout.readlines()
    process.stdin.close()
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL

    store = Store(database_url)
    kept = {row.id: row.name for row in store.read_now(lambda c: c.execute(select(t.person.c.id, t.person.c.name)).all())}
    told = dict(line.rstrip("\n").split(" ") for line in acknowledged)
    assert len(told) >= ENOUGH
    assert {int(key): name for key, name in told.items()}.items() <= kept.items()
    store.write_now(lambda unit: unit.add_person("after", "en", "UTC"))
    if store.engine.dialect.name == "sqlite":
        assert store.read_now(lambda c: c.exec_driver_sql("PRAGMA integrity_check").scalar()) == "ok"
    store.close()


def test_a_whole_turn_is_kept_or_nothing_of_it_after_kill_9(database_url: str) -> None:
    pairs = WRITER.replace(
        'unit.add_person(f"{thread}.{n}", "en", "UTC").id',
        'unit.add_person(f"{thread}.{n} left", "en", "UTC").id + 0 * unit.add_person(f"{thread}.{n} right", "en", "UTC").id',
    )
    process = subprocess.Popen([sys.executable, "-c", pairs, database_url], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout and process.stdin
    for _ in range(ENOUGH // 4):
        process.stdout.readline()
    process.kill()
    process.communicate()
    store = Store(database_url)
    names = store.read_now(lambda c: list(c.execute(select(t.person.c.name)).scalars()))
    left, right = ({name.split()[0] for name in names if name.endswith(side)} for side in ("left", "right"))
    assert left == right and len(left) >= ENOUGH // 4
    store.close()
