"""
Owns the pictures in the README: plays the story in a real browser on a running desk and photographs it.

    make pictures
"""

import asyncio
import html
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.async_api import Page, async_playwright

PICTURES = Path(__file__).parent / "pictures"
CHROMIUM = "/usr/bin/chromium"
# What each phone does, in order: (role, "says" or "taps", words).
BEFORE = (
    ("customer", "says", "The air conditioner in our bedroom is not cooling at all"),
    ("customer", "taps", "Since"),
    ("customer", "taps", "Yesterday"),
    ("customer", "taps", "Send report"),
    ("customer", "taps", "None of these"),
    ("customer", "taps", "Yes, cooling"),
    ("customer", "taps", "It was that low already"),
    ("customer", "taps", "Clean, it is back in place"),
    ("customer", "taps", "It hums, the fan stands still"),
)
DISPATCH = (("dispatcher", "taps", "Assign 王伟"), ("engineer", "taps", "Accept"))
VISIT = (
    ("engineer", "taps", "On my way"),
    ("engineer", "taps", "arrived"),
    ("engineer", "taps", "Write the finding"),
    ("engineer", "says", "Run capacitor weak, 12 µF left"),
    ("engineer", "taps", "Work done"),
    ("engineer", "says", "Replaced the capacitor, ran 15 minutes, air 10 °C cooler"),
    ("customer", "taps", "It works"),
    ("customer", "taps", "Yes, solved"),
    ("customer", "taps", "Very good"),
)


TRIED = ("air_conditioner_not_cooling", "1", "1", "2", "1")
TERMINAL = """
body { margin: 0; background: #14211f; }
pre { margin: 0; padding: 28px 32px; color: #e9e4d8; width: 900px; white-space: pre-wrap; }
pre { font: 15px/1.5 "DejaVu Sans Mono", monospace; }
"""


async def play(page: Page, steps: tuple[tuple[str, str, str], ...]) -> None:
    for role, does, words in steps:
        phone = page.frame_locator(f'iframe[src*="/demo/{role}"]')
        if does == "says":
            box = phone.locator("textarea").first
            await box.fill(words)
            await box.press("Enter")
        else:
            await phone.get_by_role("button", name=words).last.click()
        await page.wait_for_timeout(600)


async def photograph(base: str, console: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        look = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Asia/Shanghai")
        page = await look.new_page()
        await page.goto(f"{base}/demo")
        await page.wait_for_timeout(2500)
        await play(page, BEFORE[:-2])
        await page.locator('iframe[src*="/demo/customer"]').screenshot(path=PICTURES / "guided-check.png")
        await play(page, BEFORE[-2:])
        await play(page, DISPATCH)
        await page.screenshot(path=PICTURES / "demo.png")
        desk = await look.new_page()
        await desk.goto(console)
        await desk.get_by_role("button").first.click()
        await desk.get_by_role("link", name="All").click()
        await desk.wait_for_timeout(500)
        await desk.screenshot(path=PICTURES / "console-queue.png", clip={"x": 0, "y": 0, "width": 1440, "height": 420})
        await desk.locator('a[href*="/console/tickets/"]').first.click()
        await desk.wait_for_timeout(700)
        await desk.screenshot(path=PICTURES / "console-ticket.png")
        await play(page, VISIT)
        phone = await browser.new_context(
            viewport={"width": 390, "height": 780}, device_scale_factor=2, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        chat = await phone.new_page()
        await chat.goto(f"{base}/chat")
        await chat.wait_for_timeout(2000)
        for words in ("洗衣机不排水，筒里都是水", "138 1234 5678"):
            await chat.locator("textarea").first.fill(words)
            await chat.locator("textarea").first.press("Enter")
            await chat.wait_for_timeout(900)
        await chat.screenshot(path=PICTURES / "chat.png")
        terminal = await browser.new_page(viewport={"width": 1000, "height": 760}, device_scale_factor=2)
        await terminal.set_content(f"<style>{TERMINAL}</style><pre>{html.escape(tried())}</pre>")
        await terminal.locator("pre").screenshot(path=PICTURES / "playbook-try.png")
        await browser.close()


def tried() -> str:
    """What a terminal shows of `mendline playbook try` when a customer answers as in TRIED."""
    command = [str(Path(sys.executable).parent / "mendline"), "playbook", "try", TRIED[0]]
    said = subprocess.run(command, input="\n".join([*TRIED[1:], "/quit", ""]), capture_output=True, text=True, check=True).stdout
    parts = said.split("> ")
    answers = [f"> {answer}" for answer in (*TRIED[1:], "/quit")]
    shown = "".join(part + answer for part, answer in zip(parts, answers, strict=False)) + "".join(parts[len(answers) :])
    return f"$ mendline playbook try {TRIED[0]}\n{shown}"


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with socket.socket() as one, tempfile.TemporaryDirectory() as folder:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
        one.close()
        settings = os.environ | {"MENDLINE_DATA": folder, "MENDLINE_PORT": str(port), "MENDLINE_FIRM": "Mendline"}
        command = str(Path(sys.executable).parent / "mendline")
        subprocess.run([command, "demo", "--load"], env=settings, check=True)
        with subprocess.Popen([command, "run"], env=settings, stdout=subprocess.PIPE, text=True) as desk:
            assert desk.stdout
            console = ""
            while not console:
                found = re.search(r"http\S+/console/enter/\S+", desk.stdout.readline())
                console = found[0] if found else ""
            base = f"http://127.0.0.1:{port}"
            for _ in range(100):
                try:
                    urllib.request.urlopen(f"{base}/healthz")
                    break
                except OSError:
                    time.sleep(0.1)
            try:
                asyncio.run(photograph(base, console))
            finally:
                desk.terminate()


if __name__ == "__main__":
    main()
