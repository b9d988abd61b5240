"""
Owns the table of the report's questions: what each fills, reads and offers. Its order is the order of asking.

Which of them a report needs is in plan.py. docs/howto/new-question.md shows how to add one.
"""

from aftersales.say import Button, Rows
from dialogs.report import about_fault as fault
from dialogs.report import about_machine as machine
from dialogs.report import about_people as people
from dialogs.report import about_time as time
from dialogs.report.question import Answer, Problem, Question, Values, choose_words, tap_one, words_for
from dialogs.talk import Talk

AS_IT_STANDS = frozenset({"code", "model", "purchased"})  # a bare number is the answer to these, not the number of a choice


def _photo_choices(talk: Talk, values: Values) -> Rows:
    label = "button.photos_done" if values.get("photos") else "button.no_photos"
    return ((Button(label, "choose", "done"),),)


def _photos_done(talk: Talk, values: Values, arg: str) -> Answer:
    return {}


def _no_words_here(talk: Talk, values: Values, text: str) -> Answer:
    return Problem("report/photo_or_done", {})


QUESTIONS: dict[str, Question] = {
    "two": Question(("two",), fault.read_two, fault.two_choices, fault.choose_two),
    "service": Question(("service",), fault.read_service_wanted, fault.service_choices, fault.choose_service),
    "organisation": Question(
        ("organisation",), people.read_organisation, people.skip_organisation, people.choose_private, extra=True
    ),
    "firm_check": Question(("firms_alike",), people.read_firm, people.firm_choices, people.choose_firm),
    "about": Question(("about",), words_for("about"), fault.about_choices, fault.choose_about, extra=True),
    "product": Question(("family",), machine.read_product, machine.product_choices, machine.choose_product),
    "serial_check": Question(("serial_near",), machine.read_near, machine.near_choices, machine.choose_near),
    "model": Question(("model", "brand"), machine.read_model, optional=True),
    "fault": Question(("fault",), fault.read_fault, fault.fault_choices, fault.choose_fault),
    "alike": Question(("alike",), tap_one, fault.alike_choices, fault.choose_alike),
    "extent": Question(("extent",), tap_one, fault.extent_choices, fault.choose_extent),
    "since": Question(("since",), words_for("since"), fault.since_choices, choose_words("since"), optional=True),
    "code": Question(("code",), words_for("code", 120), fault.code_choices, choose_words("code", no_code=""), optional=True),
    "tried": Question(("tried",), words_for("tried", 1000), fault.tried_choices, choose_words("tried"), optional=True),
    "how_often": Question(
        ("how_often",), words_for("how_often"), fault.how_often_choices, choose_words("how_often"), optional=True, extra=True
    ),
    "trigger": Question(("trigger",), words_for("trigger"), optional=True, extra=True),
    "before": Question(("before",), words_for("before"), fault.before_choices, choose_words("before"), optional=True, extra=True),
    "purchased": Question(("purchased",), words_for("purchased"), optional=True, extra=True),
    "bought_from": Question(("bought_from",), words_for("bought_from"), optional=True, extra=True),
    "ready": Question(("ready",), words_for("ready"), fault.ready_choices, choose_words("ready"), optional=True, extra=True),
    "wants": Question(("wants",), words_for("wants", 1000), fault.wants_choices, choose_words("wants"), optional=True, extra=True),
    "wished": Question(("wished",), time.read_wished_time, time.wished_choices, time.choose_wished, optional=True),
    "phone": Question(("phone",), people.read_number, people.phone_choices, people.choose_phone),
    "contact": Question(("contact",), people.read_contact_name, people.contact_choices, people.choose_contact),
    "site": Question(("site",), words_for("site", letters=True), people.site_choices, people.choose_site),
    "access": Question(("access",), words_for("access"), optional=True, extra=True),
    "photos": Question(("photos",), _no_words_here, _photo_choices, _photos_done, optional=True),
}
ORDER = tuple(QUESTIONS)
