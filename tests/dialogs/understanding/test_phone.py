"""Telephone numbers as people write them."""

import pytest

from dialogs.understanding.phone import Phone, read_phone

LABELLED = [
    ("＋８６　１３９　１２３４　５６７８", "CN", "+8613912345678", "CN", "mobile"),
    ("8613912345678", "CN", "+8613912345678", "CN", "mobile"),
    ("我电话是19912345678，微信同号", "CN", "+8619912345678", "CN", "mobile"),
    ("16612345678", "CN", "+8616612345678", "CN", "mobile"),
    ("(021) 5234 5678", "CN", "+862152345678", "CN", "fixed"),
    ("０７５５－２６５４３２１０", "CN", "+8675526543210", "CN", "fixed"),
    ("+852 9123 4567", "CN", "+85291234567", "HK", "mobile"),
    ("91234567", "HK", "+85291234567", "HK", "mobile"),
    ("0912-345-678", "TW", "+886912345678", "TW", "mobile"),
    ("+886-2-2345-6789", "CN", "+886223456789", "TW", "fixed"),
]
CHINESE_MOBILES = ["13912345678", "15887654321", "18600001111", "17712344321", "19988887777"]
WAYS = [
    "{}",
    "+86{}",
    "+86 {}",
    "0086{}",
    "86-{}",
    "(+86){}",
    "电话：{}",
    "我的手机{}，谢谢",
    "聯絡電話 {} 陳小姐",
    "call me on {} please",
    "tel:{}",
    "手机号是{}。",
    "2026-03-05 {}",
]
LANDLINES = [
    ("0571-88880123", "+8657188880123"),
    ("021-52345678", "+862152345678"),
    ("(0755)26543210", "+8675526543210"),
    ("010 6552 9988", "+861065529988"),
    ("+86 (0)21 5234 5678", "+862152345678"),
]
EXTENSIONS = ["{}转801", "{} 转 801", "{}轉801", "{} 分机801", "{} 分機：801", "{} ext. 801", "{} ext 801", "{}x801", "{}#801"]
OTHERS = [
    ("400-812-3456", "CN", "+864008123456", "shared_cost"),
    ("4008123456", "CN", "+864008123456", "shared_cost"),
    ("客服400 812 3456", "CN", "+864008123456", "shared_cost"),
    ("8008101234", "CN", "+868008101234", "toll_free"),
    ("852 91234567", "CN", "+85291234567", "mobile"),
    ("+852-2345-6789", "CN", "+85223456789", "fixed"),
    ("23456789", "HK", "+85223456789", "fixed"),
    ("9123 4567", "HK", "+85291234567", "mobile"),
    ("9123-4567", "HK", "+85291234567", "mobile"),
    ("我電話91234567，唔該", "HK", "+85291234567", "mobile"),
    ("886912345678", "CN", "+886912345678", "mobile"),
    ("0912345678", "TW", "+886912345678", "mobile"),
    ("0912 345 678", "TW", "+886912345678", "mobile"),
    ("02-2345-6789", "TW", "+886223456789", "fixed"),
    ("(02)2345-6789", "TW", "+886223456789", "fixed"),
    ("+886 912 345 678", "CN", "+886912345678", "mobile"),
    ("一三九一二三四五六七八", "CN", "+8613912345678", "mobile"),
    ("幺三九 幺二三四 五六七八", "CN", "+8613912345678", "mobile"),
    ("１３９１２３４５６７８", "CN", "+8613912345678", "mobile"),
    ("139.1234.5678", "CN", "+8613912345678", "mobile"),
    ("1 3 9 1 2 3 4 5 6 7 8", "CN", "+8613912345678", "mobile"),
    ("139-1234-5678", "CN", "+8613912345678", "mobile"),
    ("SN：VNC3K12345，联系电话０５７１－８８８８０１２３", "CN", "+8657188880123", "fixed"),
]
UNUSABLE = [
    "", "你好", "110", "119", "12345", "95588", "10086", "1391234567", "139123456789", "12345678901", "00000000000",
    "13912O45678", "139l2345678", "139-ABCD-5678", "139****5678", "1391234567a", "a13912345678b", "abcdefgh",
    "一三九", "五五五", "2026-03-05", "12:30", "E18", "VNC3K12345", "三天前", "400-812", "021-123", "+86 139 1234",
    "+852 123", "+999 12345678", "电话没有", "不方便留", "11912345678", "10012345678", "12012345678", "1-2-3", "#123#", "*100#",
    "99999999999999999999", "📱", "phone", "123-456", "0", "++++", "--", "(((", "转801", "ext 5",
]  # fmt: skip


@pytest.mark.parametrize(("text", "region", "e164", "home", "kind"), LABELLED)
def test_a_labelled_number_is_read_as_labelled(text: str, region: str, e164: str, home: str, kind: str) -> None:
    found = read_phone(text, region)
    assert (found.valid, found.e164, found.extension, found.region, found.kind) == (True, e164, None, home, kind)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", CHINESE_MOBILES)
def test_a_mobile_number_is_found_however_it_is_written(way: str, number: str) -> None:
    found = read_phone(way.format(number))
    assert (found.valid, found.e164, found.kind) == (True, f"+86{number}", "mobile")


@pytest.mark.parametrize(("written", "e164"), LANDLINES)
@pytest.mark.parametrize("way", EXTENSIONS)
def test_an_extension_is_kept_apart_from_its_landline(written: str, e164: str, way: str) -> None:
    found = read_phone(way.format(written))
    assert (found.e164, found.extension, found.kind) == (e164, "801", "fixed")


@pytest.mark.parametrize(("text", "region", "e164", "kind"), OTHERS)
def test_numbers_of_other_sorts_and_places_are_read(text: str, region: str, e164: str, kind: str) -> None:
    found = read_phone(text, region)
    assert (found.e164, found.kind) == (e164, kind)


@pytest.mark.parametrize("text", UNUSABLE)
def test_what_cannot_be_called_is_not_valid(text: str) -> None:
    found = read_phone(text)
    assert (found.valid, found.e164, found.kind) == (False, None, None)


def test_a_dash_may_lead_to_an_extension() -> None:
    assert read_phone("0571-88880123-801") == Phone(True, "+8657188880123", "801", "CN", "fixed", "0571-88880123-801")


def test_the_words_found_are_kept_as_written() -> None:
    assert read_phone("联系电话０５７１－８８８８０１２３。").found == "０５７１－８８８８０１２３"
    assert read_phone("打 1391234567 吧").found == "1391234567"


def test_the_first_usable_number_wins() -> None:
    assert read_phone("1391234567 打不通就打 13912345678").e164 == "+8613912345678"
