"""Owns what the answers become: the Report that is sent, and what is kept with the person."""

from dataclasses import fields as fields_of
from datetime import datetime

from aftersales.people import Person
from aftersales.ticket import MORE, Report
from dialogs.report.question import Values
from dialogs.talk import Talk
from dialogs.wording import word


def report_from(values: Values) -> Report:
    """The Report that the answers make."""
    usual = {"repair": 2, "complaint": 2}.get(values.get("service") or "repair", 3)
    return Report(**report_fields({**values, "extent": values.get("extent") or usual}))


def hand_over(talk: Talk) -> Report | None:
    """Close an unfinished report because a person takes over; what it has told so far, or None when it has told nothing."""
    frame = talk.conversation.top
    values = frame.fields if frame and frame.dialog == "report" else {}
    if values.get("ticket") or not (values.get("fault") or values.get("family")):
        return None
    talk.conversation.leave()
    if values.get("second") and values.get("two") != "two":
        values["fault"] = values["whole"]
    return report_from({"fault": word(f"family.{values.get('family', '')}", talk.person.locale)} | values)


def remember(talk: Talk, values: Values) -> None:
    """Keep phone, name and firm with the person, so that the next report need not ask; of others nothing is kept."""
    person: Person = talk.person
    if values.get("masked") or values.get("dealer"):
        return
    if values.get("phone") and not person.phone:
        person.phone = values["phone"]
    if values.get("contact") and not person.name:
        person.name = values["contact"]
    if values.get("organisation_id") and person.organisation_id is None:
        person.claimed_id = values["organisation_id"]
    talk.records.save_person(person)


def report_fields(values: Values) -> Values:
    taken = {f.name: values[f.name] for f in fields_of(Report) if f.name != "more" and values.get(f.name) is not None}
    for name in ("wished_start", "wished_end"):
        if isinstance(taken.get(name), str):
            taken[name] = datetime.fromisoformat(taken[name])
    more = {name: str(values[name]) for name in MORE if values.get(name)}
    return taken | ({"more": more} if more else {})
