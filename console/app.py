"""Owns the console's addresses: which page stands where. Found by its entry point; nothing else of the product imports it."""

from pathlib import Path

from aiohttp import web

from console import (
    absences,
    changes,
    contracts,
    day_plan,
    door,
    files,
    firms,
    guided,
    intake,
    library,
    machine_labels,
    queue,
    registers,
    ticket,
)
from console.live import STREAMS, Streams, end_streams
from console.page import BASE, STATIC, staff_only, supervisors_only
from notifier.doors import security_headers
from notifier.parts import Parts


def mount(app: web.Application, parts: Parts) -> None:
    """
    Add the console below /console, and its own files below /static/console.

    *app* carries the parts already (app[PARTS]). Every answer of the application carries the strict headers from now on.
    """
    if security_headers not in app.middlewares:
        app.middlewares.append(security_headers)
    app[STREAMS] = Streams()
    app.on_shutdown.append(end_streams)
    number, noun = r"{number:\d{12,16}}", "{noun:[a-z-]+}"
    app.router.add_static(STATIC, Path(__file__).resolve().parent / "static")
    app.add_routes(
        [
            web.get(BASE, staff_only(door.home)),
            web.get(BASE + "/", staff_only(door.home)),
            web.get(BASE + "/enter/{token}", door.doorstep),
            web.post(BASE + "/enter/{token}", door.enter),
            web.post(BASE + "/leave", staff_only(door.leave)),
            web.post(BASE + "/language", staff_only(door.choose_language)),
            web.get(BASE + "/queue", staff_only(queue.show)),
            web.get(BASE + "/queue/live", staff_only(queue.live)),
            web.get(BASE + "/new", staff_only(intake.show)),
            web.post(BASE + "/new", staff_only(intake.take)),
            web.get(f"{BASE}/tickets/{number}", staff_only(ticket.show)),
            web.get(f"{BASE}/tickets/{number}/live", staff_only(ticket.live)),
            web.post(f"{BASE}/tickets/{number}/link", staff_only(ticket.make_link)),
            web.post(f"{BASE}/tickets/{number}/{noun}", staff_only(changes.change)),
            web.get(BASE + "/plan", staff_only(day_plan.show)),
            web.post(BASE + "/plan", staff_only(day_plan.offer)),
            web.get(BASE + "/machines", staff_only(registers.show_machines)),
            web.get(BASE + "/machines/found", staff_only(registers.find_machines)),
            web.get(BASE + "/machines/labels.pdf", staff_only(machine_labels.sheets)),
            web.get(BASE + r"/machines/{id:\d{1,12}}/label", staff_only(machine_labels.show)),
            web.get(BASE + r"/machines/{id:\d{1,12}}/label.png", staff_only(machine_labels.picture)),
            web.post(BASE + r"/machines/{id:\d{1,12}}/label", staff_only(machine_labels.replace)),
            web.get(BASE + "/firms", staff_only(firms.show)),
            web.post(BASE + r"/firms/{id:\d{1,12}}", staff_only(firms.change)),
            web.get(BASE + r"/firms/{id:\d{1,12}}/contracts", staff_only(contracts.show)),
            web.post(BASE + r"/firms/{id:\d{1,12}}/contracts", staff_only(contracts.add)),
            web.get(BASE + "/guided", staff_only(guided.show)),
            web.get(BASE + "/library", staff_only(library.show)),
            web.post(BASE + "/library", staff_only(library.write)),
            web.post(BASE + r"/library/{id:\d{1,12}}", staff_only(library.judge)),
            web.get(BASE + "/parts", staff_only(registers.show_parts)),
            web.get(BASE + "/people", staff_only(registers.show_people)),
            web.post(BASE + "/invitations", staff_only(supervisors_only(registers.invite))),
            web.post(BASE + r"/people/{id:\d{1,12}}/absence", staff_only(absences.note)),
            web.post(BASE + r"/people/{id:\d{1,12}}/link", staff_only(supervisors_only(registers.make_login_link))),
            web.get(BASE + r"/files/{id:\d{1,12}}", staff_only(files.send)),
        ]
    )
