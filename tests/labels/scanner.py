"""Owns what a phone's camera does with a label: reads a PNG and, module by module, the address out of its QR code."""

import zlib
from dataclasses import dataclass
from struct import unpack

MASKS = (
    lambda r, c: (r + c) % 2 == 0,
    lambda r, c: r % 2 == 0,
    lambda r, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)
LEVELS = {0: "M", 1: "L", 2: "H", 3: "Q"}
# Blocks of data codewords by version and level, ISO/IEC 18004 table 9: enough for an address of a hundred letters.
BLOCKS = {
    (3, "M"): [44],
    (3, "Q"): [17, 17],
    (4, "M"): [32, 32],
    (4, "Q"): [24, 24],
    (5, "M"): [43, 43],
    (5, "Q"): [15, 15, 16, 16],
    (6, "M"): [27, 27, 27, 27],
    (6, "Q"): [19, 19, 19, 19],
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in grey: 0 is black, 255 white; *rows* of *width* pixels."""

    width: int
    height: int
    rows: list[bytes]

    def is_dark(self, x: int, y: int) -> bool:
        return self.rows[y][x] < 128


@dataclass(frozen=True, slots=True)
class Scan:
    """What the code says, and how it was written. *quiet* is the white around it in modules, on its narrowest side."""

    text: str
    level: str
    version: int
    module: float
    quiet: float


def read_png(content: bytes) -> Picture:
    """An eight-bit PNG without interlacing, of any colour kind but a palette."""
    width, height, depth, kind, _, _, interlaced = unpack(">IIBBBBB", content[16:29])
    assert (depth, interlaced) == (8, 0)
    samples = {0: 1, 2: 3, 4: 2, 6: 4}[kind]
    packed, place = b"", 8
    while place < len(content):
        length, name = unpack(">I4s", content[place : place + 8])
        packed += content[place + 8 : place + 8 + length] if name == b"IDAT" else b""
        place += length + 12
    raw, stride, rows, above = zlib.decompress(packed), width * samples, [], bytes(width * samples)
    for number in range(height):
        start = number * (stride + 1)
        above = _unfiltered(raw[start], raw[start + 1 : start + 1 + stride], above, samples)
        rows.append(above[0::samples])
    return Picture(width, height, rows)


def _unfiltered(kind: int, line: bytes, above: bytes, samples: int) -> bytes:
    if kind == 0:
        return line
    if kind == 2:
        return bytes((a + b) & 255 for a, b in zip(line, above, strict=True))
    made = bytearray(line)
    for i, value in enumerate(line):
        left, over = (made[i - samples] if i >= samples else 0), above[i]
        corner = above[i - samples] if i >= samples else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + over) // 2
        else:
            guess = min((abs(over - corner), 0, left), (abs(left - corner), 1, over), (abs(left + over - 2 * corner), 2, corner))[2]
        made[i] = (value + guess) & 255
    return bytes(made)


def scan(picture: Picture) -> Scan:
    """Read the one code of a label, which lies upright at its left."""
    top = next(y for y, row in enumerate(picture.rows) if min(row[: picture.width // 2]) < 128)
    left = min(x for row in picture.rows for x in range(picture.width // 3) if row[x] < 128)
    # The finder's upper edge is seven modules long.
    edge = next(x for x in range(left, picture.width) if not picture.is_dark(x, top + 2)) - left
    bottom = max(y for y in range(picture.height) if picture.is_dark(left + edge // 14, y))
    size = round((bottom - top + 1) / (edge / 7))
    module = (bottom - top + 1) / size
    dark = [
        [picture.is_dark(int(left + (c + 0.5) * module), int(top + (r + 0.5) * module)) for c in range(size)] for r in range(size)
    ]
    right = next(
        (x for x in range(int(left + size * module) + 2, picture.width) if any(row[x] < 128 for row in picture.rows)), picture.width
    )
    quiet = min(left, top, picture.height - 1 - bottom, right - int(left + size * module)) / module
    text, level = _read(dark)
    return Scan(text, level, (size - 17) // 4, module, quiet)


def _read(dark: list[list[bool]]) -> tuple[str, str]:
    """The text of a code in byte mode; errors are not mended: a fresh label has none."""
    size = len(dark)
    version = (size - 17) // 4
    form = 0
    for place in [(8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)] + [(r, 8) for r in (7, 5, 4, 3, 2, 1, 0)]:
        form = form << 1 | dark[place[0]][place[1]]
    form ^= 0b101010000010010
    level, mask = LEVELS[form >> 13], MASKS[form >> 10 & 7]
    bits = [dark[r][c] ^ mask(r, c) for r, c in _zigzag(size) if not _is_function(r, c, size)]
    words = [int("".join(str(int(bit)) for bit in bits[i : i + 8]), 2) for i in range(0, len(bits) - 7, 8)]
    blocks = BLOCKS[version, level]
    parts: list[list[int]] = [[] for _ in blocks]
    found = iter(words)
    for turn in range(max(blocks)):
        for part, length in zip(parts, blocks, strict=True):
            if turn < length:
                part.append(next(found))
    stream = "".join(f"{word:08b}" for part in parts for word in part)
    assert stream[:4] == "0100", "not in byte mode"
    length = int(stream[4:12], 2)
    return bytes(int(stream[12 + 8 * i : 20 + 8 * i], 2) for i in range(length)).decode(), level


def _zigzag(size: int) -> list[tuple[int, int]]:
    """The modules in the order of the bits: pairs of columns from the right, up and down in turn, past the timing column."""
    order, upwards, column = [], True, size - 1
    while column > 0:
        if column == 6:
            column -= 1
        for r in reversed(range(size)) if upwards else range(size):
            order += [(r, column), (r, column - 1)]
        upwards, column = not upwards, column - 2
    return order


def _is_function(r: int, c: int, size: int) -> bool:
    """Finders with their format, timing, and the one alignment pattern of versions 2 to 6."""
    if (r < 9 and c < 9) or (r < 9 and c >= size - 8) or (r >= size - 8 and c < 9) or r == 6 or c == 6:
        return True
    return size - 9 <= r <= size - 5 and size - 9 <= c <= size - 5
