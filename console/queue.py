"""Owns the queue's page: what waits, in which order, and its changes as they happen."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from console.live import stream
from console.page import BASE, Visit
from storage.queues import PER_PAGE, VIEWS, Filter, queue_counts, queue_rows


async def show(visit: Visit) -> web.StreamResponse:
    """One page of the queue."""
    return visit.page("queue.html", **await _facts(visit, _wanted(visit)))


async def live(visit: Visit) -> web.StreamResponse:
    """The same page's changes: "all" with every row at the start, then "row" for each that changed, "gone", "counts"."""
    wanted = _wanted(visit)

    async def news(present: Visit, changed: frozenset[int] | None) -> Iterable[tuple[str, dict[str, Any]]]:
        store = present.parts.store
        counts = await store.read(queue_counts)
        sent: list[tuple[str, dict[str, Any]]] = [
            ("counts", {"waiting": counts.waiting, "work": counts.work, "sign_off": counts.sign_off})
        ]
        if changed is None:
            rows = (await store.read(lambda connection: queue_rows(connection, wanted)))[:PER_PAGE]
            html = "".join(present.piece("_row.html", row=row, fresh=False) for row in rows)
            return [*sent, ("all", {"rows": [[row.id, row.mark] for row in rows], "html": html})]
        here = {row.id: row for row in await store.read(lambda connection: queue_rows(connection, wanted, changed))}
        for ticket_id in sorted(changed):
            row = here.get(ticket_id)
            if row is None:
                sent.append(("gone", {"id": ticket_id}))
            else:
                sent.append(("row", {"id": row.id, "mark": row.mark, "html": present.piece("_row.html", row=row, fresh=True)}))
        return sent

    return await stream(visit, news)


async def _facts(visit: Visit, wanted: Filter) -> dict[str, Any]:
    store = visit.parts.store
    rows = await store.read(lambda connection: queue_rows(connection, wanted))
    counts = await store.read(queue_counts)

    def link(**changed: Any) -> str:
        """The address of the queue with some of the filter changed."""
        return f"{BASE}/queue?{_query(replace(wanted, **{'page': 1, **changed}))}"

    return {
        "wanted": wanted,
        "rows": rows[:PER_PAGE],
        "has_more": len(rows) > PER_PAGE,
        "counts": {"waiting": counts.waiting, "work": counts.work, "sign_off": counts.sign_off},
        "link": link,
        "live": f"{BASE}/queue/live?{_query(wanted)}",
    }


def _wanted(visit: Visit) -> Filter:
    asked = visit.request.query
    view, grade, page = asked.get("view", "waiting"), asked.get("grade", ""), asked.get("page", "")
    return Filter(
        view=view if view in VIEWS else "waiting",
        grade=int(grade) if grade in ("1", "2", "3") else 0,
        mine=visit.person.id if asked.get("mine") == "1" else 0,
        words=asked.get("q", "").strip()[:100],
        page=int(page) if page.isascii() and page.isdigit() and 0 < int(page[:5]) < 10000 and len(page) < 5 else 1,
    )


def _query(wanted: Filter) -> str:
    asked = {"view": wanted.view, "grade": wanted.grade or "", "mine": "1" if wanted.mine else "", "q": wanted.words}
    asked["page"] = wanted.page if wanted.page > 1 else ""
    return urlencode({name: value for name, value in asked.items() if value})
