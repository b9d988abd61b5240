"""Trouble with sending: whatever Telegram does, the process lives on, and afterwards everything stands in order."""

from tests.process.conftest import Opening
from tests.process.house import until
from tests.process.outcome import Outcome, outcome


def test_a_walk_through_limits_errors_and_lost_answers_ends_as_one_without(opening: Opening, undisturbed: Outcome) -> None:
    house, story = opening()
    faults = story.server.faults

    def between(place: int) -> None:
        faults.clear()  # what met nothing would pile up before one message until nobody waits for it any longer
        match place % 12:  # each second step; its answer is a new message or an edit
            case 0:
                faults.too_many_requests(1, method="sendMessage")
                faults.too_many_requests(1, method="editMessageText")
            case 2:
                faults.server_error(500, method="sendMessage")
                faults.server_error(500, method="editMessageText")
            case 4:
                faults.server_error(502, method="sendMessage")
                faults.server_error(502, method="editMessageText")
            case 6:
                faults.close_connection(method="editMessageText")
            case 8:
                faults.drop_answer(method="editMessageText")
            case 10:
                faults.garbage(method="answerCallbackQuery")

    story.walk(between)
    faults.clear()
    house.delivered()

    assert outcome(house) == undisturbed
    assert story.told_twice(house) == 0
    assert house.stop() == 0


def test_who_blocks_the_bot_is_named_to_the_dispatcher_and_is_reached_again_after_unblocking(opening: Opening) -> None:
    house, story = opening()
    anna, dora = story.customer, story.dispatcher
    places = {step.name: place for place, step in enumerate(story.steps)}
    for step in story.steps[: places["Emil taps Accept"]]:
        step.does()
        for person, words in step.hears:
            person.hears(words)
    house.delivered()

    anna.blocks_bot(silently=True)
    story.engineer.presses("Accept")
    told = dora.hears("could not be reached")
    assert "Anna" in told.text
    assert "+8613812345678" in told.text

    anna.unblocks_bot()
    anna.says("/tickets")
    anna.hears("Your reports")
    story.engineer.presses("On my way")
    anna.hears("Emil is on the way to you")
    assert house.runs()


def test_who_blocks_telegram_hears_in_the_web_chat_when_that_is_where_they_are_too(opening: Opening) -> None:
    house, story = opening()
    anna, dora = story.customer, story.dispatcher
    places = {step.name: place for place, step in enumerate(story.steps)}
    for step in story.steps[: places["Emil taps Accept"]]:
        step.does()
        for person, words in step.hears:
            person.hears(words)
    house.delivered()
    house.stop()
    house.also_at_the_web(str(anna.id), "her-page")
    house.start()

    anna.blocks_bot(silently=True)
    story.engineer.presses("Accept")
    where = "SELECT channel, state FROM outbox WHERE say ->> 'text' = 'customer/assigned' ORDER BY id"
    until(lambda: house.ask(where) == [("telegram", "failed"), ("web", "sent")], "it went to the web chat instead")
    assert "could not be reached" not in dora.transcript()
