"""What is printed: the code says the address, the sheet its labels in any language, and no letter comes out as an empty box."""

import subprocess
from pathlib import Path

import pytest
import typst

from aftersales.people import Asset
from dialogs.machine_label import write_label
from dialogs.wording import catalogue
from notifier.machine_labels import SHEETS, Label, label_for, opens_only_here, pdf_of, png_of
from notifier.typeface import FAMILY, FILE, FOLDER, drawable
from tests.labels.scanner import read_png, scan

SECRET = b"0123456789abcdef0123456789abcdef"
PUMP = Asset(7, "PMP-2301-0042", "pump", "Nanfang", "CDL4-12", label_series=3)
WASHER = Asset(8, "WM" + "0123456789" * 5, "washing_machine", "海尔喆堃犇", "XQG100 直驱变频滚筒洗衣机 " * 4)


def _label(asset: Asset = PUMP, firm: str = "恒泰售后服务 Hengtai Service", url: str = "https://desk.example") -> Label:
    return label_for(asset, firm, url, SECRET)


def _words(pdf: bytes, folder: Path) -> list[str]:
    """The text of each page, as a reader copies it out."""
    (folder / "labels.pdf").write_bytes(pdf)
    text = subprocess.run(["pdftotext", "-raw", "labels.pdf", "-"], cwd=folder, capture_output=True, text=True, check=True).stdout
    return text.split("\f")[:-1]


# -- the code -----------------------------------------------------------------------------------------------------------


def test_the_address_is_short_and_names_machine_and_series() -> None:
    assert _label().address == f"https://desk.example/m/{write_label(7, 3, SECRET)}"
    assert len(_label().address) == 38


@pytest.mark.parametrize("size", SHEETS)
@pytest.mark.parametrize("url", ["https://desk.example", "https://service.a-firm-with-a-long-name.example.com.cn:8443"])
def test_the_code_says_the_address_with_margin_and_strength_that_a_camera_needs(size: str, url: str) -> None:
    read = scan(read_png(png_of(_label(url=url), "zh_CN", size)))
    assert read.text == _label(url=url).address
    assert read.level in "MQH"
    assert read.quiet > 3.9  # four, but for what a pixel more or less makes
    assert read.module / 300 * 25.4 > 0.6  # mm: a phone reads it from half a metre


def test_the_code_of_a_long_name_is_as_great_as_that_of_a_short_one() -> None:
    short, long = (scan(read_png(png_of(_label(asset), "zh_CN"))) for asset in (PUMP, WASHER))
    assert round(short.module) == round(long.module)


# -- the words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["zh_CN", "zh_TW", "en"])
def test_a_label_asks_in_chinese_and_english_and_names_firm_and_machine(tmp_path: Path, locale: str) -> None:
    (page,) = _words(pdf_of([_label()], locale), tmp_path)
    chinese = catalogue("zh_TW" if locale == "zh_TW" else "zh_CN").gettext("Scan to report a fault")
    for words in ("恒泰售后服务 Hengtai Service", chinese, "Scan to report a fault", "Nanfang", "CDL4-12", "S/N PMP-2301-0042"):
        assert words in page.splitlines()


def test_a_long_serial_number_is_whole_and_a_long_model_is_cut_with_dots(tmp_path: Path) -> None:
    (page,) = _words(pdf_of([_label(WASHER)], "zh_CN"), tmp_path)
    assert WASHER.serial in page.replace("\n", "")
    assert "海尔喆堃犇\n" in page and "…\n" in page


@pytest.mark.parametrize(("size", "on_a_page"), [("70x37", 24), ("63.5x38.1", 21), ("105x74", 8)])
def test_a_sheet_is_filled_before_the_next_begins(tmp_path: Path, size: str, on_a_page: int) -> None:
    labels = [_label(Asset(n, f"SN-{n:03}", "pump", "Nanfang", "CDL")) for n in range(1, on_a_page + 2)]
    pages = _words(pdf_of(labels, "zh_CN", size), tmp_path)
    found = [sorted(line.removeprefix("S/N ") for line in page.splitlines() if line.startswith("S/N")) for page in pages]
    assert found == [[f"SN-{n:03}" for n in range(1, on_a_page + 1)], [f"SN-{on_a_page + 1:03}"]]


@pytest.mark.parametrize("size", SHEETS)
def test_the_labels_of_a_sheet_fit_on_a4(size: str) -> None:
    sheet = SHEETS[size]
    assert sheet.left + sheet.columns * sheet.width + (sheet.columns - 1) * sheet.between <= 210
    assert sheet.top + sheet.rows * sheet.height <= 297


def test_what_is_written_on_a_label_is_shown_and_never_run(tmp_path: Path) -> None:
    evil = Asset(9, '#panic("x")', "pump", '"); #import "x"', "*b* _i_ $x$ `c` <a> @b // c")
    (page,) = _words(pdf_of([_label(evil, firm="#sys.version")], "zh_CN"), tmp_path)
    for words in ("#sys.version", 'S/N #panic("x")', '"); #import "x"'):
        assert words in page.splitlines()


def test_a_sheet_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no labels"):
        pdf_of([], "zh_CN")


@pytest.mark.parametrize(
    ("url", "only_here"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://localhost:8080", True),
        ("http://[::1]:8080", True),
        ("http://192.168.1.5:8080", False),
        ("https://desk.example", False),
    ],
)
def test_an_address_that_no_phone_can_open_is_known(url: str, only_here: bool) -> None:
    assert opens_only_here(url) is only_here


# -- the typeface -------------------------------------------------------------------------------------------------------


def _draws(text: str) -> bool:
    """Whether typst finds a glyph for every letter: PDF/A forbids the empty box, and is refused where one would stand."""
    page = f'#set text(font: "{FAMILY}", fallback: false)\n#sys.inputs.text'.encode()
    try:
        typst.compile(
            page, font_paths=[FOLDER], ignore_system_fonts=True, format="pdf", pdf_standards="a-2b", sys_inputs={"text": text}
        )
    except typst.TypstError as refused:
        assert "font" in str(refused), refused
        return False
    return True


def _of(codec: str, first: range) -> str:
    """All letters of a two-byte code."""
    pairs = (bytes((high, low)) for high in first for low in range(0x40, 0xFF))
    return "".join(letter for pair in pairs if (letter := pair.decode(codec, "ignore")) and "\u3400" <= letter[0] <= "\u9fff")


@pytest.mark.parametrize("codec", ["gbk", "big5"])
def test_every_character_of_the_mainland_and_of_taiwan_is_there(codec: str) -> None:
    characters = _of(codec, range(0x81, 0xFF))
    assert len(characters) > 13_000
    assert drawable(characters) == characters
    assert _draws(characters)


def test_characters_of_rare_names_are_there() -> None:
    rare = "喆堃犇㛃㬎䶮赟頔翀晞燚垚翊旻奭峯淼"
    assert drawable(rare) == rare
    assert _draws(rare)


def test_what_machines_are_called_elsewhere_is_there() -> None:
    for words in ("Größe ÄÖÜß", "Électroménager çœ", "℃ ° № Ω µ ½ ± × – — “” ‘’ … ™ ®", "ДВИГАТЕЛЬ", "αβγ", "ｱﾌﾟﾗ ＡＢＣ１２３"):
        assert drawable(words) == words
        assert _draws(words)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("𠮷野家", "〓野家"), ("A😀B", "A〓B"), ("한국", "〓〓"), ("two\nlines\t x", "two lines x"), ("e\u0301", "é")],
)
def test_a_letter_that_is_not_there_is_marked_and_not_drawn_as_an_empty_box(text: str, shown: str) -> None:
    assert drawable(text) == shown
    assert _draws(drawable(text))
    if "〓" in shown:
        assert not _draws(text)


def test_the_typeface_comes_with_its_licence() -> None:
    assert FILE.parent.joinpath("OFL.txt").read_text("utf-8").startswith("Copyright 2014-2021 Adobe")
