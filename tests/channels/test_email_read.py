"""What is read from a mail: the words of this time, in any charset, the files worth keeping, and whether a person wrote it."""

from base64 import b64encode
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from bot.channels.email.address import Marks, normalised
from bot.channels.email.quotes import text_of, written_now
from bot.channels.email.read import Bounce, Letter, read

LOGO, PICTURE = b"\x89PNG\r\n\x1a\n" + b"l" * 900, b"\x89PNG\r\n\x1a\n" + b"p" * 20_000


def raw(head: str, body: bytes = b"hello there", *, sender: str = "Anna <anna@mail.example>") -> bytes:
    return f"From: {sender}\r\nMessage-ID: <1@mail.example>\r\n{head}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("mail", "said"),
    [
        ("好了\n\n-----原始邮件-----\n发件人: Mendline\n主题: x", "好了"),
        ('好了\n\n------------------ 原始邮件 ------------------\n发件人: "Mendline"', "好了"),
        ("今天\n\n在 2026年3月2日，10:00，Mendline <a@b.example> 写道：\n\n> 什么时候开始的？", "今天"),
        ("今天\n\n王 <a@b.example> 於 2026年3月2日 週一 上午10:00寫道：\n> 什麼時候", "今天"),
        ("2\n\nOn Mon, Mar 2, 2026 at 10:00 AM Mendline <a+b@c.example> wrote:\n> Since when?", "2"),
        ("2\n\nOn Mon, 2 Mar 2026 at 10:00, Mendline Service\n<service@c.example> wrote:\n> Since when?", "2"),
        ("可以\n\n寄件者: Mendline\n寄件日期: 2026年3月2日\n主旨: x\n\n什麼時候", "可以"),
        ("ok\n\nFrom: Mendline\nSent: Monday\nTo: Anna\nSubject: x\n\nSince when?", "ok"),
        ("ok\n________________________________\nFrom: Mendline", "ok"),
        ("修好了，谢谢\n\n发自我的iPhone", "修好了，谢谢"),
        ("修好了，謝謝\n\n從我的 iPhone 傳送", "修好了，謝謝"),
        ("It works\n\nSent from my iPhone", "It works"),
        ("It works\n-- \nAnna Chen\nHall 2", "It works"),
        ("> quoted\nMy answer\n> more\nand more", "My answer\nand more"),
        (
            "The pump stopped. On Monday at 10:00 my colleague wrote: E1",
            "The pump stopped. On Monday at 10:00 my colleague wrote: E1",
        ),
        ("From: the basement\nIt leaks", "From: the basement\nIt leaks"),
        ("", ""),
    ],
)
def test_only_the_words_of_this_time_are_kept(mail: str, said: str) -> None:
    assert written_now(mail) == said


@pytest.mark.parametrize(
    "html",
    [
        '<div>It leaks<br>badly</div><div class="gmail_quote"><div>On Monday x wrote:</div><blockquote>old</blockquote></div>',
        "<style>p{color:red}</style><p>It leaks</p><p>badly</p><blockquote type='cite'>old</blockquote>",
        '<body>It leaks<div>badly</div><div id="divRplyFwdMsg">From: x</div><div>old</div></body>',
        '<p>It leaks</p><p>badly</p><span style="display: none">old</span>',
    ],
)
def test_html_becomes_the_words_that_were_written(html: str) -> None:
    assert text_of(html)[0].replace("\n\n", "\n") == "It leaks\nbadly"


@pytest.mark.parametrize(
    ("charset", "codec"), [("gb2312", "gb18030"), ("GBK", "gb18030"), ("gb18030", "gb18030"), ("utf-8", "utf-8"), ("", "gb18030")]
)
def test_simplified_chinese_is_read_in_every_charset(charset: str, codec: str) -> None:
    head = (
        "Subject: "
        + "空调坏了".encode(codec).decode("latin-1")
        + (f"\r\nContent-Type: text/plain; charset={charset}" if charset else "")
    )
    mail = f"From: Anna <anna@mail.example>\r\n{head}\r\n\r\n".encode("latin-1") + "不制冷，显示E1".encode(codec)
    letter = read(mail)
    assert (letter.text, letter.locale) == ("空调坏了\n不制冷，显示E1", "zh-hans")


def test_big5_and_encoded_headers_are_read() -> None:
    head = "Subject: =?big5?B?" + b64encode("冷氣壞了".encode("big5")).decode() + "?=\r\n"
    letter = read(raw(head + "Content-Type: text/plain; charset=big5", "顯示 E1，滴水".encode("big5")))
    assert (letter.text, letter.locale) == ("冷氣壞了\n顯示 E1，滴水", "zh-hant")


def test_quoted_printable_is_read() -> None:
    head = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"
    assert read(raw(head, b"=E6=BC=8F=E6=B0=B4=\r\n=E4=BA=86")).text == "漏水了"


def test_a_new_mail_says_its_subject_first_an_answer_does_not() -> None:
    assert read(raw("Subject: Pump", b"It leaks")).text == "Pump\nIt leaks"
    assert read(raw("Subject: Re: Pump", b"It leaks")).text == "It leaks"
    assert read(raw("Subject: Pump\r\nIn-Reply-To: <x@y>", b"It leaks")).text == "It leaks"
    assert read(raw("Subject: Pump", b"The pump leaks")).text == "The pump leaks"
    assert read(raw("Subject: Answer", b"2")).text == "2"
    assert read(raw("Subject: Pump leaks", b"")).text == "Pump leaks"


def with_pictures(html: str) -> Letter:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Message-ID"] = "anna@mail.example", "<2@mail.example>"
    mail.set_content("see below")
    mail.add_alternative(html, subtype="html")
    for cid, content in (("<logo@x>", LOGO), ("<shown@x>", PICTURE), ("<quoted@x>", PICTURE)):
        mail.get_payload()[1].add_related(content, "image", "png", cid=cid)  # type: ignore[union-attr, index, call-arg]
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="合同.pdf")
    mail.add_attachment(b"BEGIN:VCARD", maintype="text", subtype="vcard", filename="anna.vcf")
    return read(mail.as_bytes())


def test_attachments_and_pictures_in_the_words_are_files_logos_and_quoted_pictures_are_not() -> None:
    letter = with_pictures(
        '<p>look <img src="cid:shown@x"><img src="cid:logo@x"></p><blockquote><img src="cid:quoted@x"></blockquote>'
    )
    assert [(file.name, len(file.content)) for file in letter.files] == [("file.png", 20_008), ("合同.pdf", 8)]


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "X-Autoreply: yes",
        "List-Id: <x.list>",
        "Return-Path: <>",
        "X-Mendline: 1",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
    ],
)
def test_what_a_robot_wrote_is_known(head: str) -> None:
    assert read(raw(head)).kind == "robot"
    assert read(raw("Auto-Submitted: no")).kind == "letter"


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@mail.example", "no-reply@shop.example", "postmaster@mail.example", "nobody"])
def test_robots_have_telling_names(sender: str) -> None:
    assert read(raw("Subject: x", sender=sender)).kind == "robot"


def test_a_bounce_names_the_address_and_the_mail_that_came_back() -> None:
    letter = read(BOUNCE)
    assert letter.kind == "bounce"
    assert letter.bounces == (Bounce("anna@mail.example", for_good=True),)
    assert any("m7-abcdefghijklmnop" in one for one in letter.named)


def test_a_mail_without_an_id_has_the_same_made_up_one_each_time() -> None:
    mail = b"From: anna@mail.example\r\n\r\nhello"
    assert read(mail).id == read(mail).id != read(mail + b"!").id
    long = f"From: anna@mail.example\r\nMessage-ID: <{'x' * 200}@y>\r\n\r\nhello".encode()
    assert len(read(long).id) == 42


@pytest.mark.parametrize(
    "junk", [b"", b"\x00\xff", b"From: =?x?y?z?=\r\n\r\n\xff", b"Content-Type: multipart/mixed; boundary=\r\n\r\n--"]
)
def test_junk_never_raises(junk: bytes) -> None:
    assert read(junk).kind == "robot"


def test_addresses_are_known_in_one_form() -> None:
    assert normalised(" <Anna.Chen@Mail.Example.> ") == "anna.chen@mail.example"
    assert [normalised(one) for one in ("anna", "@x.example", "a b@x.example", "安娜@x.example", "a" * 120 + "@x.example")] == [
        ""
    ] * 5
    assert normalised("a@例子.example") == "a@xn--fsqu00a.example"


def test_a_mark_fits_the_address_it_was_made_for_and_no_other() -> None:
    marks = Marks("service@desk.example", b"secret")
    address = marks.reply_address("anna@mail.example", 12)
    (mark,) = marks.among([address])
    assert address == "service+m12-" + mark.seal + "@desk.example" and marks.is_ours(address)
    assert marks.fits(mark, "anna@mail.example") and not marks.fits(mark, "eve@mail.example")
    assert marks.among([marks.message_id("anna@mail.example", 12)]) == [mark]
    assert not Marks("service@desk.example", b"other").fits(mark, "anna@mail.example")


BOUNCE = b"""From: MAILER-DAEMON@mail.example\r
To: service+m7-abcdefghijklmnop@desk.example\r
Message-ID: <b@mail.example>\r
Subject: Undelivered Mail\r
Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r
\r
--x\r
Content-Type: text/plain\r
\r
I could not deliver it.\r
--x\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mail.example\r
\r
Final-Recipient: rfc822; Anna@mail.example\r
Action: failed\r
Status: 5.1.1\r
\r
--x\r
Content-Type: message/rfc822\r
\r
From: service@desk.example\r
Message-ID: <m7-abcdefghijklmnop@desk.example>\r
Subject: x\r
\r
hello\r
--x--\r
"""
