"""
out-of-warranty: paid repairs; an answer within a day, diagnosis and quote within two, repaired within three, a call after a week.

The desk is open Monday to Friday, 8:30-12:00 and 13:00-18:00, Saturday 9:00-12:00; response, quote and restore run day and
night. All cases are of grade 2 (important).
"""

import pytest

from aftersales.people import Role
from tests.acceptance.desk import Someone
from tests.acceptance.procedures.case import Case
from tests.acceptance.procedures.conftest import Opens


@pytest.fixture
def case(opens: Opens) -> Case:
    """An air conditioner bought in 2020, reported and with the desk."""
    case = opens("out-of-warranty")
    case.desk.machine(case.anna, purchased_on="2020-06-01")
    case.engineer("wang", "refrigeration", level=3)
    case.desk.person("mei", Role.SALES)
    case.report("the remote control is cracked")
    return case


@pytest.fixture
def wang(case: Case) -> Someone:
    return case.desk.people["wang"]


def agrees(case: Case, wang: Someone) -> None:
    """Tomorrow 13:00-15:00 is agreed: assigned 10:20, accepted 10:40, proposed 10:45, chosen 11:00."""
    case.until("Mon 02 10:20")
    case.zhou.taps("Assign wang")
    case.until("Mon 02 10:40")
    wang.taps("Accept")
    case.until("Mon 02 10:45")
    wang.taps("Offer times")
    case.until("Mon 02 11:00")
    case.anna.taps("tomorrow 13:00")
    case.begins_with("", AGREED_RECORD, AGREED_HEARD)


REPORTED_HEARD = """
    Mon 02 10:00  anna  the number 202603020001…Somebody answers you by tomorrow 10:00
                  anna  has to be paid for
                  mei   It has to be paid for
                  sun   New report 202603020001 · important · Air conditioner · out of warranty
                  zhou  waiting for an engineer…Answer promised by tomorrow 10:00
"""
AGREED_RECORD = """
    Mon 02 10:00  anna  report
                  -     grade
                  -     queue
    Mon 02 10:20  zhou  offer
    Mon 02 10:40  wang  accept
    Mon 02 10:45  wang  propose_times
    Mon 02 11:00  anna  schedule
"""
AGREED_HEARD = (
    REPORTED_HEARD
    + """
    Mon 02 10:20  wang  Will you take it?
    Mon 02 10:40  anna  wang will take care of it
    Mon 02 10:45  anna  wang can come to you at one of these times
                  wang  these times…today 13:00–15:00…tomorrow 8:30–10:30…tomorrow 13:00–15:00…Wed, Mar 4 8:30–10:30
    Mon 02 11:00  anna  Agreed: wang comes tomorrow 13:00–15:00
                  wang  the customer has chosen tomorrow 13:00–15:00
                  wang  visit agreed
    Mon 02 13:00  anna  A reminder: wang comes tomorrow 13:00–15:00       # 24 hours before
                  wang  A reminder: tomorrow 13:00–15:00
    Tue 03 10:00  wang  Soon due: diagnosis and quote of 202603020001, tomorrow 10:00    # 50% of 48 hours
"""
)


def test_the_right_way_with_a_call_after_a_week(case: Case, wang: Someone) -> None:
    agrees(case, wang)
    case.visit(wang, sets_off="Tue 03 12:20", arrives="Tue 03 12:55", ends="Tue 03 14:30")
    case.until("Tue 03 14:40")
    case.anna.taps("It works, sign off")
    case.until("Tue 10 20:00")
    case.likes_it()

    case.clocks("""
        response      Mon 02 10:00  Tue 03 10:00  kept Mon 02 10:20  # 24 hours
        restore       Mon 02 10:00  Thu 05 10:00  kept Tue 03 14:30  # 72 hours
        quote         Mon 02 10:00  Wed 04 10:00  kept Tue 03 12:55  # 48 hours; the finding is the diagnosis
        answer_offer  Mon 02 10:20  Mon 02 11:20  kept Mon 02 10:40  # 1 hour
        sign_off      Tue 03 14:30  Wed 04 14:30  kept Tue 03 14:40  # 24 hours
        survey        Tue 10 14:40  Tue 17 14:40  kept Tue 10 20:00  # 7 days
        day_before    Mon 02 11:00  Mon 02 13:00  rang Mon 02 13:00
        soon          Mon 02 11:00  Tue 03 12:00  rang Tue 03 12:00
        on_time       Mon 02 11:00  Tue 03 12:30  dropped Tue 03 12:20
        follow_up     Tue 03 14:40  Tue 10 14:40  rang Tue 10 14:40  # 7 days after the sign-off
    """)
    case.record("""
    Tue 03 12:20  wang  depart
    Tue 03 12:55  wang  arrive
                  wang  find
    Tue 03 14:30  wang  finish
    Tue 03 14:40  anna  sign_off
    Tue 10 20:00  anna  rate
                  anna  rate
                  anna  rate
                  -     close
    """)
    case.heard("""
    Tue 03 12:00  anna  Soon: wang comes today 13:00–15:00
                  wang  Soon: today 13:00–15:00
    Tue 03 12:20  anna  wang is on the way to you
    Tue 03 12:55  anna  wang has arrived
                  anna  wang has found the cause
                  wang  what did you find?
                  wang  Finding: two bolts are missing
    Tue 03 14:30  anna  is done. wang writes: / bolts replaced
                  wang  what was done?
                  wang  The customer has been asked to sign off.
    Tue 03 14:40  anna  is signed off. Thank you.
                  wang  the customer has signed off. Well done.
    Tue 10 14:40  anna  Is the fault solved?
    Tue 10 20:00  anna  How was wang?
                  anna  And all in all?
                  wang  ★★★★★
                  zhou  ★★★★★
                  anna  Thank you for ★★★★★
                  anna  Would you like to add a word?
    """)


def test_diagnosis_and_quote_take_more_than_two_days(case: Case, wang: Someone) -> None:
    agrees(case, wang)
    case.until("Tue 03 12:20")
    wang.taps("On my way")
    case.until("Tue 03 12:55")
    wang.taps("I have arrived")
    case.until("Wed 04 18:30")
    wang.taps("Write the finding").says("the board is burnt")

    case.clocks("""
        response      Mon 02 10:00  Tue 03 10:00  kept Mon 02 10:20
        restore       Mon 02 10:00  Thu 05 10:00  runs
        quote         Mon 02 10:00  Wed 04 10:00  late Wed 04 10:00, ended Wed 04 18:30
        answer_offer  Mon 02 10:20  Mon 02 11:20  kept Mon 02 10:40
        day_before    Mon 02 11:00  Mon 02 13:00  rang Mon 02 13:00
        soon          Mon 02 11:00  Tue 03 12:00  rang Tue 03 12:00
        on_time       Mon 02 11:00  Tue 03 12:30  dropped Tue 03 12:20
    """)
    case.record("""
    Tue 03 12:20  wang  depart
    Tue 03 12:55  wang  arrive
    Wed 04 10:00  -     overdue
    Wed 04 18:30  wang  find
    """)
    case.heard("""
    Tue 03 12:00  anna  Soon: wang comes today 13:00–15:00
                  wang  Soon: today 13:00–15:00
    Tue 03 12:20  anna  wang is on the way to you
    Tue 03 12:55  anna  wang has arrived
    Tue 03 22:00  wang  Soon due: repair of 202603020001, Thu, Mar 5 10:00      # 50% of 72 hours: 36 hours
    Wed 04 00:24  wang  Soon due: diagnosis and quote of 202603020001, today 10:00   # 80% of 48 hours: 38:24
    Wed 04 10:00  wang  Late: diagnosis and quote                               # at once: engineer
    Wed 04 12:00  zhou  Late: diagnosis and quote                               # after 2 hours: dispatcher
    Wed 04 18:00  sun   Late: diagnosis and quote                               # after 8 hours: supervisor
    Wed 04 18:30  wang  what did you find?
                  anna  wang has found the cause: the board is burnt
                  wang  Finding: the board is burnt
    """)


def test_a_customer_with_few_stars_a_week_later_has_an_answer_from_the_supervisor(case: Case, wang: Someone) -> None:
    agrees(case, wang)
    case.visit(wang, sets_off="Tue 03 12:20", arrives="Tue 03 12:55", ends="Tue 03 14:30")
    case.until("Tue 03 14:40")
    case.anna.taps("It works, sign off")
    case.until("Tue 10 17:00")
    case.likes_it("All right", stars=2)
    case.until("Wed 11 09:40")
    case.sun.says("reply 0001").says("I am sorry. I come myself tomorrow.")

    case.clocks("""
        response      Mon 02 10:00  Tue 03 10:00  kept Mon 02 10:20
        restore       Mon 02 10:00  Thu 05 10:00  kept Tue 03 14:30
        quote         Mon 02 10:00  Wed 04 10:00  kept Tue 03 12:55
        answer_offer  Mon 02 10:20  Mon 02 11:20  kept Mon 02 10:40
        sign_off      Tue 03 14:30  Wed 04 14:30  kept Tue 03 14:40
        survey        Tue 10 14:40  Tue 17 14:40  kept Tue 10 17:00
        response      Tue 10 17:00  Wed 11 17:00  kept Wed 11 09:40  # 24 hours
        unhappy       Tue 10 17:00  Wed 11 11:30  kept Wed 11 09:40  # 4 hours: 1 till 18:00, 3 from 8:30
        restore       Tue 10 17:00  Fri 13 17:00  runs               # 72 hours
        day_before    Mon 02 11:00  Mon 02 13:00  rang Mon 02 13:00
        soon          Mon 02 11:00  Tue 03 12:00  rang Tue 03 12:00
        on_time       Mon 02 11:00  Tue 03 12:30  dropped Tue 03 12:20
        follow_up     Tue 03 14:40  Tue 10 14:40  rang Tue 10 14:40
    """)
    case.record("""
    Tue 03 12:20  wang  depart
    Tue 03 12:55  wang  arrive
                  wang  find
    Tue 03 14:30  wang  finish
    Tue 03 14:40  anna  sign_off
    Tue 10 17:00  anna  rate
                  anna  rate
                  anna  rate
                  anna  reopen
    Wed 11 09:40  sun   reply
    """)
    case.heard("""
    Tue 03 12:00  anna  Soon: wang comes today 13:00–15:00
                  wang  Soon: today 13:00–15:00
    Tue 03 12:20  anna  wang is on the way to you
    Tue 03 12:55  anna  wang has arrived
                  anna  wang has found the cause
                  wang  what did you find?
                  wang  Finding: two bolts are missing
    Tue 03 14:30  anna  is done. wang writes: / bolts replaced
                  wang  what was done?
                  wang  The customer has been asked to sign off.
    Tue 03 14:40  anna  is signed off. Thank you.
                  wang  the customer has signed off. Well done.
    Tue 10 14:40  anna  Is the fault solved?
    Tue 10 17:00  anna  How was wang?
                  anna  And all in all?
                  anna  is open again. A supervisor has been told. / Somebody answers you by tomorrow 17:00
                  anna  Thank you for ★★ (
                  anna  What went wrong?
                  sun   is open again: few stars…★★☆☆☆
                  zhou  is open again: few stars…★★☆☆☆
                  zhou  reopened
                  zhou  ★★☆☆☆
                  wang  ★★☆☆☆
    Wed 11 05:00  zhou  Soon due: first answer of 202603020001, today 17:00            # 50% of 24 hours
    Wed 11 09:30  zhou  Soon due: answer to a complaint of 202603020001, today 11:30   # 50% of 4 hours: 1 and 1
    Wed 11 09:40  sun   What shall I tell the customer of 202603020001?
                  sun   Passed on
                  anna  I am sorry. I come myself tomorrow.
    """)


def test_the_desk_is_off_for_six_hours(case: Case, wang: Someone) -> None:
    case.until("Mon 02 10:20")
    case.zhou.taps("Assign wang")
    case.until("Mon 02 10:30")
    case.sleeps_until("Mon 02 16:30")
    case.until("Mon 02 17:30")
    wang.taps("Accept")

    case.clocks("""
        response      Mon 02 10:00  Tue 03 10:00  kept Mon 02 10:20
        restore       Mon 02 10:00  Thu 05 10:00  runs
        quote         Mon 02 10:00  Wed 04 10:00  runs
        # due while the desk was off; found at 16:30, and the next candidate's turn is asked then
        answer_offer  Mon 02 10:20  Mon 02 11:20  late Mon 02 16:30, ended Mon 02 17:30
        absent        Mon 02 16:30  Mon 02 18:30  dropped Mon 02 17:30
    """)
    case.record("""
        Mon 02 10:00  anna  report
                      -     grade
                      -     queue
        Mon 02 10:20  zhou  offer
        Mon 02 16:30  -     overdue
                      -     ladder    # nobody else has the skill: the supervisor
        Mon 02 17:30  wang  accept
    """)
    case.begins_with("", "", REPORTED_HEARD)
    case.heard("""
    Mon 02 10:20  wang  Will you take it?
    # the reminder of 10:50 is left out, for the end has come as well
    Mon 02 16:30  zhou  Late: engineer's answer of 202603020001 was due today 11:20. / The desk was not running then
                  wang  Will you take it?
                  zhou  Nobody has taken 202603020001
                  zhou  offered to an engineer
                  sun   Nobody has taken 202603020001
                  sun   offered to an engineer
    Mon 02 17:30  anna  wang will take care of it
    """)
