"""
haifude: ten minutes, five minutes, four hours, forty-eight hours, and nobody may refuse.

The desk is open Monday to Friday, 8:30-12:00 and 13:00-18:00; restore runs day and night. All cases are of grade 2 (important).
"""

import pytest

from aftersales.people import Role
from tests.acceptance.desk import Someone
from tests.acceptance.procedures.case import Case
from tests.acceptance.procedures.conftest import Opens


@pytest.fixture
def case(opens: Opens) -> Case:
    """A compressor in warranty, of a firm on record."""
    case = opens("haifude")
    case.works_for("Lake Machines")
    case.desk.machine(case.anna, "HC2405180A", "compressor", brand="Haifude", model="HC-75", purchased_on="2026-01-10")
    return case


@pytest.fixture
def wang(case: Case) -> Someone:
    return case.engineer("wang", "machinery", level=3)


@pytest.fixture
def li(case: Case) -> Someone:
    return case.engineer("li", "machinery", level=2)


def rattles(case: Case) -> None:
    case.report("the side panel of the compressor rattles")


def test_the_right_way(case: Case, wang: Someone) -> None:
    rattles(case)
    case.until("Mon 02 10:03")
    case.zhou.taps("Assign wang")
    case.until("Mon 02 10:04")
    wang.taps("Accept")
    case.until("Mon 02 10:06")
    wang.taps("Offer times")
    case.until("Mon 02 10:20")
    case.anna.taps("Wed, Mar 4 8:30")
    case.visit(wang, sets_off="Wed 04 07:50", arrives="Wed 04 08:25", ends="Wed 04 09:40")
    case.until("Wed 04 09:50")
    case.anna.taps("It works, sign off")
    case.until("Wed 04 09:51")
    case.likes_it()

    case.clocks("""
        response      Mon 02 10:00  Mon 02 10:10  kept Mon 02 10:03  # 10 minutes
        restore       Mon 02 10:00  Wed 04 10:00  kept Wed 04 09:40  # 48 hours, day and night
        answer_offer  Mon 02 10:03  Mon 02 10:13  kept Mon 02 10:04  # 10 minutes
        contact       Mon 02 10:04  Mon 02 10:09  kept Mon 02 10:06  # 5 minutes
        sign_off      Wed 04 09:40  Thu 05 09:40  kept Wed 04 09:50  # 24 hours
        survey        Wed 04 09:50  Sat 07 09:50  kept Wed 04 09:51  # asked at once; 72 hours
        day_before    Mon 02 10:20  Tue 03 08:30  rang Tue 03 08:30  # 24 hours before Wed 8:30
        soon          Mon 02 10:20  Wed 04 07:30  rang Wed 04 07:30  # 1 hour before
        on_time       Mon 02 10:20  Wed 04 08:00  dropped Wed 04 07:50  # 30 minutes before; on the way by then
    """)
    case.record("""
        Mon 02 10:00  anna  report
                      -     grade
                      -     queue
        Mon 02 10:03  zhou  offer
        Mon 02 10:04  wang  accept
        Mon 02 10:06  wang  propose_times
        Mon 02 10:20  anna  schedule
        Wed 04 07:50  wang  depart
        Wed 04 08:25  wang  arrive
                      wang  find
        Wed 04 09:40  wang  finish
        Wed 04 09:50  anna  sign_off
        Wed 04 09:51  anna  rate
                      anna  rate
                      anna  rate
                      -     close
    """)
    case.heard("""
        Mon 02 10:00  anna  the number 202603020001…Somebody answers you by today 10:10
                      sun   New report 202603020001 · important · Compressor
                      zhou  waiting for an engineer…Answer promised by today 10:10…1. wang
        Mon 02 10:03  wang  the side panel of the compressor rattles…Will you take it?
        Mon 02 10:04  anna  Good news on 202603020001: wang will take care of it.
        Mon 02 10:06  anna  wang can come to you at one of these times
                      wang  I have put these times before the customer
        Mon 02 10:20  anna  Agreed: wang comes Wed, Mar 4 8:30–10:30
                      wang  the customer has chosen Wed, Mar 4 8:30–10:30
                      wang  visit agreed…Visit: Wed, Mar 4 8:30–10:30
        Tue 03 08:30  anna  A reminder: wang comes tomorrow 8:30–10:30
                      wang  A reminder: tomorrow 8:30–10:30
        Tue 03 10:00  wang  Soon due: repair of 202603020001, tomorrow 10:00   # 50% of 48 hours: 24 hours
        Wed 04 00:24  wang  Soon due: repair of 202603020001, today 10:00      # 80%: 38 hours 24 minutes
        Wed 04 07:30  anna  Soon: wang comes today 8:30–10:30
                      wang  Soon: today 8:30–10:30
        Wed 04 07:50  anna  wang is on the way to you
        Wed 04 08:25  anna  wang has arrived
                      anna  wang has found the cause: two bolts are missing
                      wang  what did you find?
                      wang  Finding: two bolts are missing
        Wed 04 09:40  anna  is done. wang writes: / bolts replaced
                      wang  what was done?
                      wang  The customer has been asked to sign off.
        Wed 04 09:50  anna  Is the fault solved?
                      anna  is signed off. Thank you.
                      wang  the customer has signed off. Well done.
        Wed 04 09:51  anna  How was wang?
                      anna  And all in all?
                      wang  ★★★★★
                      zhou  ★★★★★
                      anna  Thank you for ★★★★★
                      anna  Would you like to add a word?
    """)


def test_one_engineer_is_named_and_when_both_he_and_the_supervisor_are_silent_whoever_served_there_goes(
    case: Case, wang: Someone, li: Someone
) -> None:
    case.served_before(li)
    rattles(case)
    case.until("Mon 02 10:03")
    case.zhou.taps("Assign wang")
    case.until("Mon 02 10:45")
    li.taps("Accept")

    case.clocks("""
        response      Mon 02 10:00  Mon 02 10:10  kept Mon 02 10:03
        restore       Mon 02 10:00  Wed 04 10:00  runs
        answer_offer  Mon 02 10:03  Mon 02 10:13  late Mon 02 10:13, ended Mon 02 10:43
        answer_offer  Mon 02 10:43  Mon 02 10:53  kept Mon 02 10:45
        contact       Mon 02 10:45  Mon 02 10:50  runs
        absent        Mon 02 10:13  Mon 02 10:43  rang Mon 02 10:43     # the supervisor counts as away after 30 minutes
    """)
    case.record("""
        Mon 02 10:00  anna  report
                      -     grade
                      -     queue
        Mon 02 10:03  zhou  offer
        Mon 02 10:13  -     overdue
                      -     ladder     # in_turn is 1: nobody else is asked, the supervisor decides
        Mon 02 10:43  -     ladder
                      -     offer
        Mon 02 10:45  li    accept
    """)
    case.heard("""
        Mon 02 10:00  anna  Somebody answers you by today 10:10
                      sun   New report
                      zhou  waiting for an engineer
        Mon 02 10:03  wang  Will you take it?
        Mon 02 10:08  wang  Will you take it?                       # reminded after 50% of 10 minutes
        Mon 02 10:13  zhou  Late: engineer's answer                 # the chain at once: no engineer has it, so the dispatcher
                      wang  Will you take it?
                      zhou  Nobody has taken 202603020001
                      zhou  offered to an engineer…Offered to wang, no answer yet
                      sun   Nobody has taken 202603020001
                      sun   offered to an engineer
        Mon 02 10:28  sun   Late: engineer's answer                 # the chain after 15 minutes: supervisor
        Mon 02 10:43  li    Will you take it?
                      zhou  nobody has assigned it. I have asked li, who knows the place.
                      sun   nobody has assigned it. I have asked li, who knows the place.
        Mon 02 10:45  anna  li will take care of it
                      wang  has been taken by li
    """)


def test_nobody_refuses_and_what_is_in_the_way_goes_back_to_the_desk(case: Case, wang: Someone, li: Someone) -> None:
    rattles(case)
    case.zhou.taps("Assign wang")
    assert wang.labels() == ["Accept", "I can't go"]
    case.until("Mon 02 10:05")
    wang.taps("I can't go")
    assert wang.labels() == ["I am ill", "A part is missing", "Another job at that time", "Not my field", "Cancel"]
    wang.says("I don't feel like driving so far")
    case.until("Mon 02 10:06")
    case.zhou.taps("Assign li")
    li.says("decline 0001").taps("A part is missing")  # typed, it is no refusal either

    case.clocks("""
        response      Mon 02 10:00  Mon 02 10:10  kept Mon 02 10:00
        restore       Mon 02 10:00  Wed 04 10:00  runs
        answer_offer  Mon 02 10:00  Mon 02 10:10  kept Mon 02 10:05
        response      Mon 02 10:05  Mon 02 10:15  kept Mon 02 10:06   # back in the queue: 10 minutes again
        answer_offer  Mon 02 10:06  Mon 02 10:16  kept Mon 02 10:06
        response      Mon 02 10:06  Mon 02 10:16  runs
    """)
    case.record("""
        Mon 02 10:00  anna  report
                      -     grade
                      -     queue
                      zhou  offer
        Mon 02 10:05  wang  return_all
        Mon 02 10:06  zhou  offer
                      li    return_all
    """)
    case.heard("""
        Mon 02 10:00  anna  Somebody answers you by today 10:10
                      sun   New report
                      zhou  waiting for an engineer
                      wang  Will you take it?
        Mon 02 10:05  wang  Will you take it?                       # reminded after 50% of 10 minutes
                      wang  what is in the way?…A job can't be refused here
                      wang  is back with the dispatcher
                      zhou  wang can't do 202603020001: I don't feel like driving…By our rules no engineer refuses a job.
                      zhou  waiting for an engineer
        Mon 02 10:06  li    Will you take it?
                      li    what is in the way?
                      li    is back with the dispatcher
                      zhou  li can't do 202603020001: a part is missing
                      zhou  waiting for an engineer
    """)
    assert "By our rules" not in case.said("zhou", "li can't do")


def test_help_at_a_distance_ends_after_four_hours_with_the_supervisors_decision(case: Case, wang: Someone) -> None:
    pei = case.desk.person("pei", Role.SUPPORT)
    rattles(case)
    case.until("Mon 02 10:03")
    pei.taps("Take over")
    case.until("Mon 02 16:05")
    case.sun.taps("Send an engineer")

    case.clocks("""
        response      Mon 02 10:00  Mon 02 10:10  kept Mon 02 10:03
        restore       Mon 02 10:00  Wed 04 10:00  runs
        # 4 hours from 10:03 without the noon hour: 1:57 till 12:00, 2:03 from 13:00
        remote_limit  Mon 02 10:03  Mon 02 15:03  late Mon 02 15:03, ended Mon 02 16:05
        response      Mon 02 16:05  Mon 02 16:15  runs                # an engineer has to be found: in the queue again
    """)
    case.record("""
        Mon 02 10:00  anna  report
                      -     grade
                      -     queue
        Mon 02 10:03  pei   take_over
        Mon 02 15:03  -     overdue
        Mon 02 16:05  sun   queue
    """)
    case.heard("""
        Mon 02 10:00  anna  Somebody answers you by today 10:10
                      pei   New report
                      sun   New report
                      zhou  waiting for an engineer
        Mon 02 10:03  anna  pei from our technical support is with you now
                      pei   You are helping.
        Mon 02 13:03  pei   Soon due: help at a distance of 202603020001, today 15:03    # 50%: 2 hours
        Mon 02 14:03  pei   Soon due: help at a distance of 202603020001, today 15:03    # 75%: 3 hours
        Mon 02 15:03  sun   Late: help at a distance of 202603020001 was due today 15:03
                      sun   takes longer than it should…Shall an engineer go?
        Mon 02 16:03  lin   Late: help at a distance                                     # the chain after 1 hour: manager
        Mon 02 16:05  anna  This needs somebody on site
                      zhou  waiting for an engineer
    """)


def test_five_minutes_to_reach_the_customer(case: Case, wang: Someone) -> None:
    rattles(case)
    case.zhou.taps("Assign wang")
    case.until("Mon 02 10:04")
    wang.taps("Accept")
    case.until("Mon 02 10:30")
    wang.taps("Offer times")

    case.clocks("""
        response      Mon 02 10:00  Mon 02 10:10  kept Mon 02 10:00
        restore       Mon 02 10:00  Wed 04 10:00  runs
        answer_offer  Mon 02 10:00  Mon 02 10:10  kept Mon 02 10:04
        contact       Mon 02 10:04  Mon 02 10:09  late Mon 02 10:09, ended Mon 02 10:30
    """)
    case.record("""
        Mon 02 10:00  anna  report
                      -     grade
                      -     queue
                      zhou  offer
        Mon 02 10:04  wang  accept
        Mon 02 10:09  -     overdue
        Mon 02 10:30  wang  propose_times
    """)
    case.heard("""
        Mon 02 10:00  anna  Somebody answers you by today 10:10
                      sun   New report
                      zhou  waiting for an engineer
                      wang  Will you take it?
        Mon 02 10:04  anna  wang will take care of it
        Mon 02 10:07  wang  Soon due: word from the engineer of 202603020001, today 10:09   # 60% of 5 minutes: 3
        Mon 02 10:09  wang  Late: word from the engineer                                    # at once: engineer
        Mon 02 10:14  zhou  Late: word from the engineer                                    # after 5 minutes: dispatcher
        Mon 02 10:24  sun   Late: word from the engineer                                    # after 15 minutes: supervisor
        Mon 02 10:30  anna  wang can come to you at one of these times
                      wang  I have put these times before the customer
    """)


def test_an_unhappy_customer_is_passed_up_to_the_manager_until_somebody_sees_to_it(case: Case, wang: Someone) -> None:
    rattles(case)
    case.zhou.taps("Assign wang")
    wang.taps("Accept")
    case.visit(wang, sets_off="Mon 02 10:02", arrives="Mon 02 10:30", ends="Mon 02 11:00")
    case.until("Mon 02 11:05")
    case.anna.taps("It works, sign off")
    case.until("Mon 02 11:06")
    case.anna.taps("No, not solved")
    case.until("Mon 02 11:20")
    case.sun.taps("I see to it")  # to the first answer, but nobody answers
    case.until("Mon 02 13:40")
    case.lin.taps("I see to it")

    case.clocks("""
        response      Mon 02 10:00  Mon 02 10:10  kept Mon 02 10:00
        restore       Mon 02 10:00  Wed 04 10:00  kept Mon 02 11:00
        answer_offer  Mon 02 10:00  Mon 02 10:10  kept Mon 02 10:00
        contact       Mon 02 10:00  Mon 02 10:05  kept Mon 02 10:02
        sign_off      Mon 02 11:00  Tue 03 11:00  kept Mon 02 11:05
        survey        Mon 02 11:05  Thu 05 11:05  kept Mon 02 11:06
        response      Mon 02 11:06  Mon 02 11:16  late Mon 02 11:16
        unhappy       Mon 02 11:06  Mon 02 13:06  late Mon 02 13:06  # 1 hour: 54 minutes till noon, 6 from 13:00
        restore       Mon 02 11:06  Wed 04 11:06  runs
    """)
    case.record("""
        Mon 02 10:00  anna  report
                      -     grade
                      -     queue
                      zhou  offer
                      wang  accept
        Mon 02 10:02  wang  depart
        Mon 02 10:30  wang  arrive
                      wang  find
        Mon 02 11:00  wang  finish
        Mon 02 11:05  anna  sign_off
        Mon 02 11:06  anna  rate
                      anna  reopen
        Mon 02 11:16  -     overdue
        Mon 02 11:20  sun   acknowledge
        Mon 02 13:06  -     overdue
        Mon 02 13:40  lin   acknowledge
    """)
    case.heard("""
        Mon 02 10:00  anna  Somebody answers you by today 10:10
                      sun   New report
                      zhou  waiting for an engineer
                      wang  Will you take it?
                      anna  wang will take care of it
        Mon 02 10:02  anna  wang is on the way to you
        Mon 02 10:30  anna  wang has arrived
                      anna  wang has found the cause
                      wang  what did you find?
                      wang  Finding: two bolts are missing
        Mon 02 11:00  anna  is done. wang writes: / bolts replaced
                      wang  what was done?
                      wang  The customer has been asked to sign off.
        Mon 02 11:05  anna  Is the fault solved?
                      anna  is signed off. Thank you.
                      wang  the customer has signed off. Well done.
        Mon 02 11:06  anna  is open again. A supervisor has been told. / Somebody answers you by today 11:16
                      sun   is open again: the customer says that it is not solved
                      zhou  is open again: the customer says that it is not solved
                      zhou  reopened
                      anna  Thank you for telling us
                      anna  What went wrong?
        Mon 02 11:11  zhou  Soon due: first answer of 202603020001, today 11:16   # 50% of 10 minutes
        Mon 02 11:16  zhou  Late: first answer of 202603020001 was due today 11:16
                      sun   Late: first answer of 202603020001 was due today 11:16
                      zhou  reopened
                      anna  We promised you an answer
        Mon 02 11:20  zhou  sun sees to 202603020001 (first answer)
                      sun   reopened
        # 11:31, 15 minutes after the end, the manager would hear of it: sun sees to it
        Mon 02 11:36  zhou  Soon due: answer to a complaint                          # 50% of 1 hour
        Mon 02 13:06  sun   Late: answer to a complaint
        Mon 02 13:36  lin   Late: answer to a complaint                              # 30 minutes after the end
        Mon 02 13:40  sun   lin sees to 202603020001
                      lin   reopened
    """)
