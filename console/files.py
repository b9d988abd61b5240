"""Owns how files that customers sent reach a dispatcher: pictures to look at, everything else to save, nothing to run."""

from urllib.parse import quote

from aiohttp import web

from console.page import Visit
from storage.errors import StorageError
from storage.queries import file_with

# Shown in the page; these a browser only ever draws. Anything else, HTML and SVG above all, is handed over as bytes to save.
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


async def send(visit: Visit) -> web.StreamResponse:
    """One file by its id; 404 while it is not fetched yet."""
    file_id = int(visit.request.match_info["id"])
    file = await visit.parts.store.read(lambda connection: file_with(connection, file_id))
    if file is None or file.content is None:
        return visit.missing()
    try:
        path = visit.parts.files.path(file.content)
    except StorageError:
        return visit.missing()
    is_picture = file.mime in PICTURES
    name = quote(file.name or f"file-{file.id}", safe="")
    return web.FileResponse(
        path,
        headers={
            "Content-Type": file.mime if is_picture else "application/octet-stream",
            "Content-Disposition": f"{'inline' if is_picture else 'attachment'}; filename*=UTF-8''{name}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=86400, immutable",
        },
    )
