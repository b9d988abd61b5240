"""
guide: household appliances; the grade of the fault sets the time to answer, an hour to reach the customer, a call a day after.

The desk is open every day, 9:00-18:00; response runs day and night.
"""

import pytest

from tests.acceptance.desk import Someone
from tests.acceptance.procedures.case import Case
from tests.acceptance.procedures.conftest import Opens


@pytest.fixture
def case(opens: Opens) -> Case:
    """A washing machine in warranty."""
    case = opens("guide")
    case.desk.machine(case.anna, "WM2405180A", "washing_machine", brand="Haier", model="EG100", purchased_on="2026-01-10")
    return case


@pytest.fixture
def wang(case: Case) -> Someone:
    return case.engineer("wang", "laundry", level=3)


def agrees(case: Case, wang: Someone) -> None:
    """Tomorrow 9:00-10:30 is agreed: assigned 10:05, accepted 10:15, proposed 10:50, chosen 11:00."""
    case.report("the lid of the washing machine is scratched")
    case.until("Mon 02 10:05")
    case.zhou.taps("Assign wang")
    case.until("Mon 02 10:15")
    wang.taps("Accept")
    case.until("Mon 02 10:50")
    wang.taps("Offer times")
    case.until("Mon 02 11:00")
    case.anna.taps("tomorrow 9:00")
    case.begins_with(AGREED_CLOCKS, AGREED_RECORD, AGREED_HEARD)


AGREED_CLOCKS = """
    response      Mon 02 10:00  Wed 04 10:00  kept Mon 02 10:05  # grade 2: 48 hours, day and night
    answer_offer  Mon 02 10:05  Mon 02 10:35  kept Mon 02 10:15  # 30 minutes
    contact       Mon 02 10:15  Mon 02 11:15  kept Mon 02 10:50  # 1 hour
"""
AGREED_RECORD = """
    Mon 02 10:00  anna  report
                  -     grade
                  -     queue
    Mon 02 10:05  zhou  offer
    Mon 02 10:15  wang  accept
    Mon 02 10:50  wang  propose_times
    Mon 02 11:00  anna  schedule
"""
AGREED_HEARD = """
    Mon 02 10:00  anna  the number 202603020001…Somebody answers you by Wed, Mar 4 10:00
                  sun   New report 202603020001 · important · Washing machine
                  zhou  waiting for an engineer…Answer promised by Wed, Mar 4 10:00
    Mon 02 10:05  wang  Will you take it?
    Mon 02 10:15  anna  wang will take care of it
    Mon 02 10:45  wang  Soon due: word from the engineer of 202603020001, today 11:15   # 50% of 1 hour
    Mon 02 10:50  anna  wang can come to you at one of these times
                  wang  these times…today 11:00–12:30…today 12:30–14:00…tomorrow 9:00–10:30…tomorrow 12:00–13:30
    Mon 02 11:00  anna  Agreed: wang comes tomorrow 9:00–10:30
                  wang  the customer has chosen tomorrow 9:00–10:30
                  wang  visit agreed
"""


def test_the_right_way_and_a_customer_who_does_not_answer_the_survey(case: Case, wang: Someone) -> None:
    agrees(case, wang)
    case.visit(wang, sets_off="Tue 03 08:20", arrives="Tue 03 08:50", ends="Tue 03 10:00")
    case.until("Tue 03 10:10")
    case.anna.taps("It works, sign off")
    case.until("Sat 07 12:00")

    case.clocks("""
    restore    Mon 02 11:00  Tue 03 10:30  kept Tue 03 10:00                        # what was agreed
    sign_off   Tue 03 10:00  Wed 04 10:00  kept Tue 03 10:10                        # 24 hours
    survey     Wed 04 10:10  Sat 07 10:10  late Sat 07 10:10, ended Sat 07 10:10    # 72 hours, then closed without it
    soon       Mon 02 11:00  Tue 03 08:00  rang Tue 03 08:00                        # 1 hour before; a day before was over
    on_time    Mon 02 11:00  Tue 03 08:30  dropped Tue 03 08:20
    follow_up  Tue 03 10:10  Wed 04 10:10  rang Wed 04 10:10                        # 24 hours after the sign-off
    """)
    case.record("""
    Tue 03 08:20  wang  depart
    Tue 03 08:50  wang  arrive
                  wang  find
    Tue 03 10:00  wang  finish
    Tue 03 10:10  anna  sign_off
    Sat 07 10:10  -     overdue
                  -     close
    """)
    case.heard("""
    Tue 03 08:00  anna  Soon: wang comes today 9:00–10:30
                  wang  Soon: today 9:00–10:30
    Tue 03 08:20  anna  wang is on the way to you
    Tue 03 08:50  anna  wang has arrived
                  anna  wang has found the cause
                  wang  what did you find?
                  wang  Finding: two bolts are missing
    Tue 03 10:00  anna  is done. wang writes: / bolts replaced
                  wang  what was done?
                  wang  The customer has been asked to sign off.
    Tue 03 10:10  anna  is signed off. Thank you.
                  wang  the customer has signed off. Well done.
    Wed 04 10:10  anna  Is the fault solved?
    """)


GRADES = [
    ("It does not work at all", "Tue 03 10:00", "tomorrow 10:00"),  # grade 1: 24 hours
    ("It works badly", "Wed 04 10:00", "Wed, Mar 4 10:00"),  # grade 2: 48 hours
    ("A small thing", "Thu 05 10:00", "Thu, Mar 5 10:00"),  # grade 3: 72 hours
]


@pytest.mark.parametrize(("how_bad", "due", "told"), GRADES)
def test_the_grade_sets_the_time_and_a_customer_cancels(case: Case, wang: Someone, how_bad: str, due: str, told: str) -> None:
    case.report("the lid of the washing machine is scratched", how_bad)
    case.until("Mon 02 12:00")
    case.anna.says("/tickets").taps("202603020001").taps("Cancel this report").taps("Yes, cancel")

    case.clocks(f"response  Mon 02 10:00  {due}  kept Mon 02 12:00")
    case.record("""
        Mon 02 10:00  anna  report
                      -     grade
                      -     queue
        Mon 02 12:00  anna  cancel
    """)
    case.heard(f"""
        Mon 02 10:00  anna  Somebody answers you by {told}
                      sun   New report
                      zhou  waiting for an engineer
        Mon 02 12:00  anna  Your reports.
                      anna  It stands here: waiting for an engineer…Somebody answers by {told}
                      anna  Shall I cancel 202603020001? Nobody will come then.
                      anna  202603020001 is cancelled
                      zhou  cancelled
    """)


def test_an_engineer_is_silent_and_everybody_knows_before_the_customer_asks(case: Case, wang: Someone) -> None:
    agrees(case, wang)
    case.until("Tue 03 08:55")
    wang.taps("On my way")

    case.clocks("""
    restore  Mon 02 11:00  Tue 03 10:30  runs
    soon     Mon 02 11:00  Tue 03 08:00  rang Tue 03 08:00
    on_time  Mon 02 11:00  Tue 03 08:30  rang Tue 03 08:30
    no_word  Tue 03 08:30  Tue 03 08:45  rang Tue 03 08:45     # half of 30 minutes before
    """)
    case.record("""
    Tue 03 08:45  -     no_word
    Tue 03 08:55  wang  depart
    """)
    case.heard("""
    Tue 03 08:00  anna  Soon: wang comes today 9:00–10:30
                  wang  Soon: today 9:00–10:30
    Tue 03 08:30  wang  it is nearly time. Have you set out?
    Tue 03 08:45  anna  It is nearly time for the visit of wang (202603020001), and I have not heard from them. I'm sorry.
                  zhou  No sign of wang for the visit today 9:00–10:30
                  sun   No sign of wang for the visit today 9:00–10:30
    Tue 03 08:55  anna  wang is on the way to you
    """)


def test_a_customer_who_calls_off_writes_when_it_suits_and_nobody_is_late_meanwhile(case: Case, wang: Someone) -> None:
    agrees(case, wang)
    case.until("Mon 02 15:00")
    case.anna.taps("Call off the visit").taps("Yes, call it off")
    case.until("Tue 03 12:00")

    case.clocks("""
    restore  Mon 02 11:00  Tue 03 10:30  kept Mon 02 15:00
    soon     Mon 02 11:00  Tue 03 08:00  dropped Mon 02 15:00
    on_time  Mon 02 11:00  Tue 03 08:30  dropped Mon 02 15:00
    """)
    case.record("Mon 02 15:00  anna  call_off")
    case.heard("""
    Mon 02 15:00  anna  Call off the visit tomorrow 9:00–10:30 (202603020001)? The report stays open.
                  anna  is called off (202603020001). Your report stays open: just write when it suits you.
                  anna  It stands here: engineer found                     # in the place of the question
                  wang  anna has called off the visit tomorrow 9:00–10:30. You need not go.
    """)


def test_an_engineer_who_calls_off_has_an_hour_to_agree_another_time(case: Case, wang: Someone) -> None:
    agrees(case, wang)
    case.until("Mon 02 15:00")
    wang.taps("Call off the visit").taps("Yes, call it off")
    case.until("Mon 02 17:10")
    wang.taps("Offer times")

    case.clocks("""
    restore  Mon 02 11:00  Tue 03 10:30  kept Mon 02 15:00
    contact  Mon 02 15:00  Mon 02 16:00  late Mon 02 16:00, ended Mon 02 17:10
    soon     Mon 02 11:00  Tue 03 08:00  dropped Mon 02 15:00
    on_time  Mon 02 11:00  Tue 03 08:30  dropped Mon 02 15:00
    """)
    case.record("""
    Mon 02 15:00  wang  call_off
    Mon 02 16:00  -     overdue
    Mon 02 17:10  wang  propose_times
    """)
    case.heard("""
    Mon 02 15:00  anna  I'm sorry, the visit tomorrow 9:00–10:30 can't take place (202603020001).
                  wang  Call off the visit tomorrow 9:00–10:30 (202603020001)? The report stays open.
                  wang  wang has called off the visit tomorrow 9:00–10:30. The customer knows and waits for a new time.
                  wang  engineer found
    Mon 02 15:30  wang  Soon due: word from the engineer     # 50% of 1 hour
    Mon 02 16:00  wang  Late: word from the engineer         # at once: engineer
    Mon 02 16:15  zhou  Late: word from the engineer         # after 15 minutes: dispatcher
    Mon 02 17:00  sun   Late: word from the engineer         # after 1 hour: supervisor
    Mon 02 17:10  anna  wang can come to you at one of these times
                  wang  these times
    """)


def test_a_case_waits_for_the_customer_and_the_hour_with_it(case: Case, wang: Someone) -> None:
    case.report("the lid of the washing machine is scratched")
    case.until("Mon 02 10:05")
    case.zhou.taps("Assign wang")
    case.until("Mon 02 10:15")
    wang.taps("Accept")
    case.until("Mon 02 10:35")
    case.does(case.zhou, "hold", "you are away till Wednesday", "customer")
    case.until("Wed 04 09:30")
    case.does(case.zhou, "resume")
    case.until("Wed 04 09:50")
    wang.taps("Offer times")

    # 20 minutes of the hour were used: 40 were left on Wednesday at 9:30. 50% is 10 minutes later.
    case.clocks("""
        response      Mon 02 10:00  Wed 04 10:00  kept Mon 02 10:05
        answer_offer  Mon 02 10:05  Mon 02 10:35  kept Mon 02 10:15
        contact       Mon 02 10:15  Wed 04 10:10  kept Wed 04 09:50
    """)
    case.record("""
        Mon 02 10:00  anna  report
                      -     grade
                      -     queue
        Mon 02 10:05  zhou  offer
        Mon 02 10:15  wang  accept
        Mon 02 10:35  zhou  hold
        Wed 04 09:30  zhou  resume
        Wed 04 09:50  wang  propose_times
    """)
    case.heard("""
        Mon 02 10:00  anna  Somebody answers you by Wed, Mar 4 10:00
                      sun   New report
                      zhou  waiting for an engineer
        Mon 02 10:05  wang  Will you take it?
        Mon 02 10:15  anna  wang will take care of it
        Mon 02 10:35  anna  has to wait for the moment: you are away till Wednesday
                      wang  202603020001 · important · on hold
        Wed 04 09:30  anna  goes on
                      wang  202603020001 · important · engineer found
        Wed 04 09:40  wang  Soon due: word from the engineer of 202603020001, today 10:10
        Wed 04 09:50  anna  wang can come to you at one of these times
                      wang  these times
    """)
    assert case.waited() == [("contact", "customer")]
