"""Owns the labels of machines in the console: one to look at and to replace, several as sheets to print."""

import asyncio
from urllib.parse import urlencode

from aiohttp import web

from aftersales.people import Asset
from console.page import BASE, Visit
from notifier.machine_labels import Label, label_for, opens_only_here, pdf_of, png_of
from storage import queries
from storage.unit import Unit


async def show(visit: Visit) -> web.StreamResponse:
    """The label of one machine."""
    asset = await _machine(visit)
    return _page(visit, asset) if asset else visit.missing()


async def picture(visit: Visit) -> web.StreamResponse:
    """The label as PNG."""
    asset = await _machine(visit)
    if asset is None:
        return visit.missing()
    return web.Response(
        body=await asyncio.to_thread(png_of, _label(visit, asset), visit.parts.default_locale),
        content_type="image/png",
        headers={"Content-Disposition": _attached(f"label-{asset.id}.png") if "save" in visit.request.query else "inline"},
    )


async def sheets(visit: Visit) -> web.StreamResponse:
    """The labels of the machines that were ticked (?machine=7&machine=9), or with ?of=shown of all that ?q= finds, as PDF."""
    asked = visit.request.query
    words = asked.get("q", "").strip()[:100]
    lines = await visit.parts.store.read(lambda connection: queries.machines(connection, words))
    assets = [line.asset for line in lines]
    if asked.get("of") != "shown":
        assets = await _ticked(visit, asked.getall("machine", []))
    if not assets:
        raise web.HTTPSeeOther(f"{BASE}/machines?{urlencode({'q': words, 'ticked': 'none'})}")
    return web.Response(
        body=await asyncio.to_thread(pdf_of, [_label(visit, asset) for asset in assets], visit.parts.default_locale),
        content_type="application/pdf",
        headers={"Content-Disposition": _attached("machine-labels.pdf")},
    )


async def replace(visit: Visit) -> web.StreamResponse:
    """Make the labels void that this machine has had; 409 when somebody was faster, and theirs is shown."""
    asset_id, series = _id(visit), visit.form.number("series")

    def act(unit: Unit) -> Asset | bool:
        asset = unit.asset(asset_id)
        if asset is None or asset.label_series != series:
            return asset or False
        unit.new_label_series([asset_id])
        return True

    outcome = await visit.parts.store.write(act)
    if isinstance(outcome, Asset):
        return _page(visit, outcome, 409)
    if not outcome:
        return visit.missing()
    raise web.HTTPSeeOther(f"{BASE}/machines/{asset_id}/label?replaced=yes")


def _page(visit: Visit, asset: Asset, status: int = 200) -> web.Response:
    return visit.page(
        "label.html",
        status,
        asset=asset,
        only_here=visit.parts.public_url if opens_only_here(visit.parts.public_url) else "",
        replaced="replaced" in visit.request.query and status == 200,
        overtaken=status == 409,
    )


def _id(visit: Visit) -> int:
    return int(visit.request.match_info["id"])


async def _machine(visit: Visit) -> Asset | None:
    wanted, now = _id(visit), visit.parts.clock()
    return await visit.parts.store.read(lambda connection: Unit(connection, now, "", b"").asset(wanted))


async def _ticked(visit: Visit, sent: list[str]) -> list[Asset]:
    """Machines by the ids sent, as many as a page lists; what is no id is passed over."""
    ids = [int(one) for one in dict.fromkeys(sent) if one.isascii() and one.isdigit() and len(one) <= 12][: queries.LINES]
    now = visit.parts.clock()

    def look(unit: Unit) -> list[Asset]:
        return [asset for one in ids if (asset := unit.asset(one))]

    return await visit.parts.store.read(lambda connection: look(Unit(connection, now, "", b"")))


def _label(visit: Visit, asset: Asset) -> Label:
    return label_for(asset, visit.parts.firm, visit.parts.public_url, visit.parts.store.secret)


def _attached(name: str) -> str:
    return f'attachment; filename="{name}"'
