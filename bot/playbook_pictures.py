"""Owns bringing the pictures of playbooks into our own store, where every file that is sent lies."""

import asyncio
from pathlib import Path

from notifier.channel import GiveUp


class PlaybookPictures:
    """
    A Fetcher over the folder of pictures beside the playbooks; dialogs.remote names them "playbook:<file name>".

    Args:
        folder: playbooks/pictures.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def fetch(self, remote: str) -> bytes:
        """
        The picture's content.

        Raises:
            GiveUp: there is no such picture (any more).
        """
        path = self._folder / remote
        if Path(remote).name != remote or not path.is_file():
            raise GiveUp(f"no picture {remote} beside the playbooks")
        return await asyncio.to_thread(path.read_bytes)
