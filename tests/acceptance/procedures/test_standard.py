"""
standard: an answer at once, a time agreed with the customer, and kept; an engineer may say no.

The desk is open every day, 8:30-20:00. All cases are of grade 2 (important).
"""

import pytest

from tests.acceptance.desk import Someone
from tests.acceptance.procedures.case import Case
from tests.acceptance.procedures.conftest import Opens


@pytest.fixture
def case(opens: Opens) -> Case:
    """A printer in warranty, reported and with the desk."""
    case = opens("standard")
    case.desk.machine(case.anna, "PR2405180A", "printer", brand="Lexin", model="LX-20", purchased_on="2026-01-10")
    case.engineer("wang", "electronics", level=3)
    case.engineer("li", "electronics", level=2)
    case.report("the cover of the printer is cracked")
    return case


@pytest.fixture
def wang(case: Case) -> Someone:
    return case.desk.people["wang"]


@pytest.fixture
def li(case: Case) -> Someone:
    return case.desk.people["li"]


def agrees(case: Case, wang: Someone) -> None:
    """Tomorrow 12:00-14:00 is agreed: assigned 10:02, accepted 10:10, proposed 10:12, chosen 10:30."""
    case.until("Mon 02 10:02")
    case.zhou.taps("Assign wang")
    case.until("Mon 02 10:10")
    wang.taps("Accept")
    case.until("Mon 02 10:12")
    wang.taps("Offer times")
    case.until("Mon 02 10:30")
    case.anna.taps("tomorrow 12:00")
    case.begins_with(AGREED_CLOCKS, AGREED_RECORD, AGREED_HEARD)


AGREED_CLOCKS = """
    response      Mon 02 10:00  Mon 02 10:05  kept Mon 02 10:02  # "at once": 5 minutes
    answer_offer  Mon 02 10:02  Mon 02 10:32  kept Mon 02 10:10  # 30 minutes
"""
AGREED_RECORD = """
    Mon 02 10:00  anna  report
                  -     grade
                  -     queue
    Mon 02 10:02  zhou  offer
    Mon 02 10:10  wang  accept
    Mon 02 10:12  wang  propose_times
    Mon 02 10:30  anna  schedule
"""
AGREED_HEARD = """
    Mon 02 10:00  anna  the number 202603020001…Somebody answers you by today 10:05
                  sun   New report 202603020001 · important · Printer
                  zhou  waiting for an engineer…Answer promised by today 10:05
    Mon 02 10:02  wang  Will you take it?
    Mon 02 10:10  anna  wang will take care of it
    Mon 02 10:12  anna  wang can come to you at one of these times
                  wang  these times…today 10:30–12:30…today 12:30–14:30…tomorrow 8:30–10:30…tomorrow 12:00–14:00
    Mon 02 10:30  anna  Agreed: wang comes tomorrow 12:00–14:00
                  wang  the customer has chosen tomorrow 12:00–14:00
                  wang  visit agreed
    Mon 02 12:00  anna  A reminder: wang comes tomorrow 12:00–14:00        # 24 hours before
                  wang  A reminder: tomorrow 12:00–14:00
"""


def test_the_right_way(case: Case, wang: Someone) -> None:
    agrees(case, wang)
    case.visit(wang, sets_off="Tue 03 11:20", arrives="Tue 03 11:55", ends="Tue 03 13:20")
    case.until("Tue 03 13:30")
    case.anna.taps("It works, sign off")
    case.likes_it()

    case.clocks("""
    restore     Mon 02 10:30  Tue 03 14:00  kept Tue 03 13:20     # what was agreed is promised
    sign_off    Tue 03 13:20  Wed 04 13:20  kept Tue 03 13:30     # 24 hours
    survey      Tue 03 13:30  Fri 06 13:30  kept Tue 03 13:30     # asked at completion; 72 hours
    day_before  Mon 02 10:30  Mon 02 12:00  rang Mon 02 12:00
    soon        Mon 02 10:30  Tue 03 11:00  rang Tue 03 11:00
    on_time     Mon 02 10:30  Tue 03 11:30  dropped Tue 03 11:20
    """)
    case.record("""
    Tue 03 11:20  wang  depart
    Tue 03 11:55  wang  arrive
                  wang  find
    Tue 03 13:20  wang  finish
    Tue 03 13:30  anna  sign_off
                  anna  rate
                  anna  rate
                  anna  rate
                  -     close
    """)
    case.heard("""
    Tue 03 11:00  anna  Soon: wang comes today 12:00–14:00
                  wang  Soon: today 12:00–14:00
    Tue 03 11:20  anna  wang is on the way to you
    Tue 03 11:55  anna  wang has arrived
                  anna  wang has found the cause
                  wang  what did you find?
                  wang  Finding: two bolts are missing
    Tue 03 13:20  anna  is done. wang writes: / bolts replaced
                  wang  what was done?
                  wang  The customer has been asked to sign off.
    Tue 03 13:30  anna  Is the fault solved?
                  anna  is signed off. Thank you.
                  wang  the customer has signed off. Well done.
                  anna  How was wang?
                  anna  And all in all?
                  wang  ★★★★★
                  zhou  ★★★★★
                  anna  Thank you for ★★★★★
                  anna  Would you like to add a word?
    """)


def test_an_engineer_says_no_without_a_word_and_the_job_is_back_at_once(case: Case, wang: Someone, li: Someone) -> None:
    case.until("Mon 02 10:02")
    case.zhou.taps("Assign wang")
    assert wang.labels() == ["Accept", "Not for me", "I can't go"]
    case.until("Mon 02 10:03")
    wang.taps("Not for me")
    case.until("Mon 02 10:05")
    case.zhou.taps("Assign li")
    li.says("decline 0001")

    case.clocks("""
        response      Mon 02 10:00  Mon 02 10:05  kept Mon 02 10:02
        answer_offer  Mon 02 10:02  Mon 02 10:32  kept Mon 02 10:03
        response      Mon 02 10:03  Mon 02 10:08  kept Mon 02 10:05
        answer_offer  Mon 02 10:05  Mon 02 10:35  kept Mon 02 10:05
        response      Mon 02 10:05  Mon 02 10:10  runs
    """)
    case.record("""
        Mon 02 10:00  anna  report
                      -     grade
                      -     queue
        Mon 02 10:02  zhou  offer
        Mon 02 10:03  wang  return_all
        Mon 02 10:05  zhou  offer
                      li    return_all
    """)
    case.heard("""
        Mon 02 10:00  anna  Somebody answers you by today 10:05
                      sun   New report
                      zhou  waiting for an engineer
        Mon 02 10:02  wang  Will you take it?
        Mon 02 10:03  wang  All right, 202603020001 is back with the dispatcher.
                      zhou  wang does not want 202603020001.
                      zhou  waiting for an engineer…Answer promised by today 10:08…wang: …gave this job back
        Mon 02 10:05  li    Will you take it?
                      li    All right, 202603020001 is back with the dispatcher.
                      zhou  li does not want 202603020001.
                      zhou  waiting for an engineer
    """)
    assert [(offer.state, offer.reason) for offer in case.desk.offers()] == [("returned", "refused"), ("returned", "refused")]


def test_a_customer_calls_off_and_agrees_another_time(case: Case, wang: Someone) -> None:
    agrees(case, wang)
    case.until("Mon 02 18:00")
    case.anna.taps("Call off the visit").taps("Yes, call it off")
    case.until("Wed 04 09:00")  # what was agreed before is over, and nobody is late
    wang.taps("Offer times")
    case.anna.taps("tomorrow 8:30")

    case.clocks("""
    restore     Mon 02 10:30  Tue 03 14:00  kept Mon 02 18:00     # what was agreed holds no more
    restore     Wed 04 09:00  Thu 05 10:30  runs
    day_before  Mon 02 10:30  Mon 02 12:00  rang Mon 02 12:00
    soon        Mon 02 10:30  Tue 03 11:00  dropped Mon 02 18:00
    on_time     Mon 02 10:30  Tue 03 11:30  dropped Mon 02 18:00
    soon        Wed 04 09:00  Thu 05 07:30  set                   # a day before was this morning at 8:30
    on_time     Wed 04 09:00  Thu 05 08:00  set
    """)
    case.record("""
    Mon 02 18:00  anna  call_off
    Wed 04 09:00  wang  propose_times
                  anna  schedule
    """)
    case.heard("""
    Mon 02 18:00  anna  Call off the visit tomorrow 12:00–14:00 (202603020001)? The report stays open.
                  anna  The visit tomorrow 12:00–14:00 is called off
                  anna  It stands here: engineer found                     # in the place of the question
                  wang  anna has called off the visit tomorrow 12:00–14:00. You need not go.
    Wed 04 09:00  anna  wang can come to you at one of these times
                  wang  these times
                  anna  Agreed: wang comes tomorrow 8:30–10:30
                  wang  the customer has chosen tomorrow 8:30–10:30
                  wang  visit agreed
    """)


def test_a_customer_re_arranges_with_two_taps_and_the_promise_moves_along(case: Case, wang: Someone) -> None:
    agrees(case, wang)
    case.until("Mon 02 15:00")
    case.anna.taps("That time does not suit me")
    case.until("Mon 02 15:05")
    case.anna.taps("Wed, Mar 4 8:30")

    case.clocks("""
    restore     Mon 02 10:30  Tue 03 14:00  kept Mon 02 15:05
    restore     Mon 02 15:05  Wed 04 10:30  runs
    day_before  Mon 02 10:30  Mon 02 12:00  rang Mon 02 12:00
    soon        Mon 02 10:30  Tue 03 11:00  dropped Mon 02 15:05
    on_time     Mon 02 10:30  Tue 03 11:30  dropped Mon 02 15:05
    day_before  Mon 02 15:05  Tue 03 08:30  set
    soon        Mon 02 15:05  Wed 04 07:30  set
    on_time     Mon 02 15:05  Wed 04 08:00  set
    """)
    case.record("""
    Mon 02 15:00  anna  propose_times
    Mon 02 15:05  anna  schedule
    """)
    case.heard("""
    Mon 02 15:00  anna  wang can come to you at one of these times
    Mon 02 15:05  anna  Agreed: wang comes Wed, Mar 4 8:30–10:30
                  wang  anna has moved the visit to Wed, Mar 4 8:30–10:30, instead of tomorrow 12:00–14:00
                  wang  visit agreed
    """)


def test_an_engineer_is_half_an_hour_late_and_the_work_takes_longer_than_agreed(case: Case, wang: Someone) -> None:
    agrees(case, wang)
    case.until("Tue 03 11:35")
    wang.taps("30 min late")
    case.visit(wang, sets_off="Tue 03 12:05", arrives="Tue 03 12:30", ends="Tue 03 14:40")

    case.clocks("""
    # agreed was 14:00: the promise does not move because the engineer does
    restore     Mon 02 10:30  Tue 03 14:00  late Tue 03 14:00, ended Tue 03 14:40
    sign_off    Tue 03 14:40  Wed 04 14:40  runs
    day_before  Mon 02 10:30  Mon 02 12:00  rang Mon 02 12:00
    soon        Mon 02 10:30  Tue 03 11:00  rang Tue 03 11:00
    on_time     Mon 02 10:30  Tue 03 11:30  rang Tue 03 11:30
    no_word     Tue 03 11:30  Tue 03 11:45  dropped Tue 03 11:35  # half of 30 minutes before; a word has come
    on_time     Tue 03 11:35  Tue 03 12:00  rang Tue 03 12:00     # 30 minutes before 12:30
    no_word     Tue 03 12:00  Tue 03 12:15  dropped Tue 03 12:05
    """)
    case.record("""
    Tue 03 11:35  wang  late
    Tue 03 12:05  wang  depart
    Tue 03 12:30  wang  arrive
                  wang  find
    Tue 03 14:00  -     overdue
    Tue 03 14:40  wang  finish
    """)
    case.heard("""
    Tue 03 11:00  anna  Soon: wang comes today 12:00–14:00
                  wang  Soon: today 12:00–14:00
    Tue 03 11:30  wang  today 12:00–14:00: it is nearly time. Have you set out?
    Tue 03 11:35  anna  wang is running late, I'm sorry (202603020001): today 12:30–14:30 instead of today 12:00–14:00
                  wang  the customer knows that you come today 12:30–14:30
                  wang  visit agreed…Visit: today 12:30–14:30
    Tue 03 12:00  wang  today 12:30–14:30: it is nearly time. Have you set out?
    Tue 03 12:05  anna  wang is on the way to you
    Tue 03 12:30  anna  wang has arrived
                  anna  wang has found the cause
                  wang  what did you find?
                  wang  Finding: two bolts are missing
    Tue 03 14:00  wang  Late: repair of 202603020001 was due today 14:00   # the chain at once: engineer
    Tue 03 14:30  zhou  Late: repair                                       # after 30 minutes: dispatcher
    Tue 03 14:40  anna  is done. wang writes: / bolts replaced
                  wang  what was done?
                  wang  The customer has been asked to sign off.
    """)
