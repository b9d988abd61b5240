"""Owns what can go wrong with the records, by name; foreign errors are translated at this door, unknown ones pass untouched."""


class StorageError(Exception):
    """The records could not be read or written."""


class Conflict(StorageError):
    """Somebody else changed the same record first; run the turn again."""


class TooOld(StorageError):
    """The database was made by a newer Mendline than this one."""


class FileRefused(StorageError):
    """A file is too large or of a kind that is not taken. args[0] names the text: too_big or wrong_kind."""
