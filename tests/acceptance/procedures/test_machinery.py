"""
machinery: for makers of machines; the contract sets most times, and an engineer who says no says why.

The desk is open Monday to Friday, 8:00-12:00 and 13:00-17:30. All cases are of grade 2 (important).
"""

import pytest

from tests.acceptance.desk import Someone
from tests.acceptance.procedures.case import Case
from tests.acceptance.procedures.conftest import Opens

FAR = (29.20, 120.13)  # 120 km from the machine


@pytest.fixture
def case(opens: Opens) -> Case:
    """A machine tool in warranty, of a firm on record."""
    case = opens("machinery")
    case.works_for("Lake Machines")
    case.desk.machine(case.anna, "VM2405180A", "cnc_machine", brand="Dalian", model="VMC-850", purchased_on="2026-01-10")
    return case


@pytest.fixture
def wang(case: Case) -> Someone:
    return case.engineer("wang", "machinery", level=3)


def hangs(case: Case) -> None:
    case.report("the door of the CNC machine hangs askew")


def test_the_right_way(case: Case, wang: Someone) -> None:
    hangs(case)
    case.until("Mon 02 10:30")
    case.zhou.taps("Assign wang")
    case.until("Mon 02 11:10")
    wang.taps("Accept")
    case.until("Mon 02 11:15")
    wang.taps("Offer times")
    case.until("Mon 02 11:40")
    case.anna.taps("tomorrow 13:00")
    case.visit(wang, sets_off="Tue 03 12:20", arrives="Tue 03 12:55", ends="Tue 03 16:30")
    case.until("Tue 03 16:45")
    case.anna.taps("It works, sign off")
    case.likes_it()

    case.clocks("""
        response      Mon 02 10:00  Mon 02 12:00  kept Mon 02 10:30     # 2 hours, over at noon
        answer_offer  Mon 02 10:30  Mon 02 11:30  kept Mon 02 11:10     # 1 hour
        sign_off      Tue 03 16:30  Thu 05 16:30  kept Tue 03 16:45     # 48 hours
        survey        Tue 03 16:45  Fri 06 16:45  kept Tue 03 16:45     # asked at once; 72 hours
        day_before    Mon 02 11:40  Mon 02 13:00  rang Mon 02 13:00     # 24 hours before Tue 13:00
        soon          Mon 02 11:40  Tue 03 12:00  rang Tue 03 12:00     # 1 hour before
        on_time       Mon 02 11:40  Tue 03 12:00  rang Tue 03 12:00     # late_notice: 1 hour before
        no_word       Tue 03 12:00  Tue 03 12:30  dropped Tue 03 12:20  # half of it before; on the way by then
    """)
    case.record("""
        Mon 02 10:00  anna  report
                      -     grade
                      -     queue
        Mon 02 10:30  zhou  offer
        Mon 02 11:10  wang  accept
        Mon 02 11:15  wang  propose_times
        Mon 02 11:40  anna  schedule
        Tue 03 12:20  wang  depart
        Tue 03 12:55  wang  arrive
                      wang  find
        Tue 03 16:30  wang  finish
        Tue 03 16:45  anna  sign_off
                      anna  rate
                      anna  rate
                      anna  rate
                      -     close
    """)
    case.heard("""
        Mon 02 10:00  anna  the number 202603020001…Somebody answers you by today 12:00
                      sun   New report 202603020001 · important · CNC machine
                      zhou  waiting for an engineer…Answer promised by today 12:00
        Mon 02 10:30  wang  Will you take it?
        Mon 02 11:00  wang  Will you take it?                             # reminded after 50% of 1 hour
        Mon 02 11:10  anna  wang will take care of it
        Mon 02 11:15  anna  wang can come to you at one of these times
                      wang  these times…· today 13:00–17:00…· tomorrow 8:00–12:00…· tomorrow 13:00–17:00…· Wed, Mar 4 8:00–12:00
        Mon 02 11:40  anna  Agreed: wang comes tomorrow 13:00–17:00       # length: 4 hours
                      wang  the customer has chosen tomorrow 13:00–17:00
                      wang  visit agreed
        Mon 02 13:00  anna  A reminder: wang comes tomorrow 13:00–17:00
                      wang  A reminder: tomorrow 13:00–17:00
        Tue 03 12:00  anna  Soon: wang comes today 13:00–17:00
                      wang  Soon: today 13:00–17:00
                      wang  it is nearly time. Have you set out?
        Tue 03 12:20  anna  wang is on the way to you
        Tue 03 12:55  anna  wang has arrived
                      anna  wang has found the cause
                      wang  what did you find?
                      wang  Finding: two bolts are missing
        Tue 03 16:30  anna  is done. wang writes: / bolts replaced
                      wang  what was done?
                      wang  The customer has been asked to sign off.
        Tue 03 16:45  anna  Is the fault solved?
                      anna  is signed off. Thank you.
                      wang  the customer has signed off. Well done.
                      anna  How was wang?
                      anna  And all in all?
                      wang  ★★★★★
                      zhou  ★★★★★
                      anna  Thank you for ★★★★★
                      anna  Would you like to add a word?
    """)


def test_three_in_turn_then_the_lead_then_the_supervisor_and_at_last_whoever_served_there(case: Case, wang: Someone) -> None:
    case.engineer("li", "machinery", level=2)
    case.engineer("zhao", "machinery", level=1)
    case.engineer("qian", "machinery", level=5, at=FAR)  # the most senior, too far to be among the first three
    gu = case.engineer("gu", "machinery", level=1, at=FAR)
    case.served_before(gu)
    hangs(case)
    case.until("Mon 02 10:30")
    case.zhou.taps("Assign wang")
    case.until("Tue 03 08:10")
    gu.taps("Accept")

    case.clocks("""
        response      Mon 02 10:00  Mon 02 12:00  kept Mon 02 10:30
        answer_offer  Mon 02 10:30  Mon 02 11:30  late Mon 02 11:30, ended Mon 02 11:30
        answer_offer  Mon 02 11:30  Mon 02 13:30  late Mon 02 13:30, ended Mon 02 13:30  # 30 minutes till noon, 30 from 13:00
        answer_offer  Mon 02 13:30  Mon 02 14:30  late Mon 02 14:30, ended Mon 02 14:30
        answer_offer  Mon 02 14:30  Mon 02 15:30  late Mon 02 15:30, ended Mon 02 17:30
        answer_offer  Mon 02 17:30  Tue 03 09:00  kept Tue 03 08:10                      # from 8:00
        absent        Mon 02 15:30  Mon 02 17:30  rang Mon 02 17:30                      # 2 hours, plain time
    """)
    case.record("""
        Mon 02 10:00  anna  report
                      -     grade
                      -     queue
        Mon 02 10:30  zhou  offer
        Mon 02 11:30  -     overdue
                      -     ladder   # the second in turn
                      -     offer
        Mon 02 13:30  -     overdue
                      -     ladder   # the third
                      -     offer
        Mon 02 14:30  -     overdue
                      -     ladder   # the lead
                      -     offer
        Mon 02 15:30  -     overdue
                      -     ladder   # the supervisor
        Mon 02 17:30  -     ladder   # by service history
                      -     offer
        Tue 03 08:10  gu    accept
    """)
    case.heard("""
        Mon 02 10:00  anna  Somebody answers you by today 12:00
                      sun   New report
                      zhou  waiting for an engineer
        Mon 02 10:30  wang  Will you take it?
        Mon 02 11:00  wang  Will you take it?                        # 50% of each hour: all who were asked are reminded
        Mon 02 11:30  zhou  Late: engineer's answer
                      li    Will you take it?
                      zhou  no answer in time. I have asked li as well.
        Mon 02 12:00  wang  Will you take it?
                      li    Will you take it?
        Mon 02 13:30  zhou  Late: engineer's answer
                      zhao  Will you take it?
                      zhou  no answer in time. I have asked zhao as well.
        Mon 02 14:00  wang  Will you take it?
                      li    Will you take it?
                      zhao  Will you take it?
        Mon 02 14:30  zhou  Late: engineer's answer
                      qian  Will you take it?
                      zhou  still no answer. I have asked qian, the most senior
        Mon 02 15:00  wang  Will you take it?
                      li    Will you take it?
                      zhao  Will you take it?
                      qian  Will you take it?
        Mon 02 15:30  zhou  Late: engineer's answer
                      wang  Will you take it?
                      li    Will you take it?
                      zhao  Will you take it?
                      qian  Will you take it?
                      zhou  Nobody has taken 202603020001
                      zhou  offered to an engineer
                      sun   Nobody has taken 202603020001
                      sun   offered to an engineer
        Mon 02 16:30  sun   Late: engineer's answer                   # the chain: supervisor after 1 hour
        Mon 02 17:30  gu    Will you take it?
                      zhou  nobody has assigned it. I have asked gu, who knows the place.
                      sun   nobody has assigned it. I have asked gu, who knows the place.
        Tue 03 08:10  anna  gu will take care of it
                      wang  has been taken by gu
                      li    has been taken by gu
                      zhao  has been taken by gu
                      qian  has been taken by gu
    """)


def test_an_engineer_who_says_no_says_why_and_one_who_falls_ill_gives_the_visit_back(case: Case, wang: Someone) -> None:
    li = case.engineer("li", "machinery", level=2)
    hangs(case)
    case.until("Mon 02 10:30")
    case.zhou.taps("Assign li")
    assert li.labels() == ["Accept", "I can't go"]
    case.until("Mon 02 10:40")
    li.taps("I can't go").taps("Another reason").says("I never liked that firm")
    case.until("Mon 02 10:45")
    case.zhou.taps("Assign wang")
    wang.taps("Accept").taps("Offer times")
    case.anna.taps("tomorrow 8:00")
    case.until("Mon 02 17:00")
    wang.taps("I can't go").taps("I am ill")

    case.clocks("""
        response      Mon 02 10:00  Mon 02 12:00  kept Mon 02 10:30
        answer_offer  Mon 02 10:30  Mon 02 11:30  kept Mon 02 10:40
        response      Mon 02 10:40  Mon 02 13:40  kept Mon 02 10:45     # 1:20 till noon, 0:40 from 13:00
        answer_offer  Mon 02 10:45  Mon 02 11:45  kept Mon 02 10:45
        response      Mon 02 17:00  Tue 03 09:30  runs                  # 30 minutes till 17:30, 1:30 from 8:00
        soon          Mon 02 10:45  Tue 03 07:00  dropped Mon 02 17:00
        on_time       Mon 02 10:45  Tue 03 07:00  dropped Mon 02 17:00
    """)
    case.record("""
        Mon 02 10:00  anna  report
                      -     grade
                      -     queue
        Mon 02 10:30  zhou  offer
        Mon 02 10:40  li    return_all
        Mon 02 10:45  zhou  offer
                      wang  accept
                      wang  propose_times
                      anna  schedule
        Mon 02 17:00  wang  release
                      -     unassign
    """)
    case.heard("""
        Mon 02 10:00  anna  Somebody answers you by today 12:00
                      sun   New report
                      zhou  waiting for an engineer
        Mon 02 10:30  li    Will you take it?
        Mon 02 10:40  li    what is in the way?
                      li    is back with the dispatcher
                      zhou  li can't do 202603020001: I never liked that firm
                      zhou  waiting for an engineer…Answer promised by today 13:40
        Mon 02 10:45  wang  Will you take it?
                      anna  wang will take care of it
                      anna  wang can come to you at one of these times
                      wang  these times
                      anna  Agreed: wang comes tomorrow 8:00–12:00
                      wang  the customer has chosen tomorrow 8:00–12:00
                      wang  visit agreed
        Mon 02 17:00  wang  what is in the way?
                      anna  our engineer can't come after all. We are finding you another one now
                      wang  is back with the dispatcher
                      zhou  wang can't do 202603020001: ill
                      zhou  waiting for an engineer…Answer promised by tomorrow 9:30
    """)
    assert "By our rules" not in case.said("zhou", "li can't do")


def test_a_case_waits_for_a_part_and_its_promises_with_it(case: Case, wang: Someone) -> None:
    hangs(case)
    case.until("Mon 02 10:30")
    case.does(case.zhou, "hold", "the hinge comes from the works", "parts")
    case.until("Thu 05 09:00")
    case.does(case.zhou, "resume")
    case.until("Thu 05 10:15")
    case.zhou.taps("Assign wang")

    # of 2 hours 30 minutes were used; 1:30 were left and run from Thursday 9:00: due 10:30, the warning at 50% (1 hour) at 9:30
    case.clocks("""
        response      Mon 02 10:00  Thu 05 10:30  kept Thu 05 10:15
        answer_offer  Thu 05 10:15  Thu 05 11:15  runs
    """)
    case.record("""
        Mon 02 10:00  anna  report
                      -     grade
                      -     queue
        Mon 02 10:30  zhou  hold
        Thu 05 09:00  zhou  resume
        Thu 05 10:15  zhou  offer
    """)
    case.heard("""
        Mon 02 10:00  anna  Somebody answers you by today 12:00
                      sun   New report
                      zhou  waiting for an engineer
        Mon 02 10:30  anna  has to wait for the moment: the hinge comes from the works
        Thu 05 09:00  anna  goes on
        Thu 05 09:30  zhou  Soon due: first answer of 202603020001, today 10:30
        Thu 05 10:15  wang  Will you take it?
    """)
    assert case.waited() == [("response", "parts")]
