"""The playbook format: each way walked, each kind of mistake found with its line, the right playbook chosen by words."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dialogs.playbooks import (
    LANGUAGES,
    LONGEST_PATH,
    Exit,
    ExitKind,
    Library,
    Playbook,
    PlaybookError,
    Step,
    Words,
    check,
    load_playbooks,
)

ROOT = Path(__file__).parents[2]
SHIPPED = load_playbooks(ROOT / "playbooks")
PARTS = {
    *("AC-CAP-35", "AC-REF-R32", "AC-FAN-OUT", "AC-PCB-IN", "AC-SENS-T"),
    *("WM-PUMP-01", "WM-HOSE-D", "WM-LOCK-01", "WM-PCB-01"),
}

FIRST_TWO = [p for p in SHIPPED.playbooks if p.id in ("air_conditioner_not_cooling", "washing_machine_not_draining")]

every_playbook = pytest.mark.parametrize("playbook", SHIPPED.playbooks, ids=lambda playbook: playbook.id)
both_first_playbooks = pytest.mark.parametrize("playbook", FIRST_TWO, ids=lambda playbook: playbook.id)


def ways(playbook: Playbook, step: Step, gone: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Exit]]:
    """Walk every way from a step to its exit; a way is the steps and choices met, such as "mode.cooling"."""
    for choice in step.choices:
        target = playbook.after(step.id, choice.id)
        way = (*gone, f"{step.id}.{choice.id}")
        assert target is not None, way
        assert step.id not in {met.partition(".")[0] for met in gone}, f"goes round: {way}"
        if isinstance(target, Exit):
            yield way, target
        else:
            yield from ways(playbook, target, way)


def texts(playbook: Playbook) -> Iterator[tuple[str, Words]]:
    yield "title", playbook.title
    for step in (playbook.gate, *playbook.steps.values()):
        yield step.id, step.say
        for choice in step.choices:
            yield f"{step.id}.{choice.id}", choice.label
    for ending in playbook.exits.values():
        for text in (ending.say, ending.cause, ending.advice):
            if text is not None:
                yield f"exit.{ending.id}", text


class TestTheShippedPlaybooks:
    def test_the_two_first_ones_are_there(self) -> None:
        assert [(p.id, p.family) for p in FIRST_TWO] == [
            ("air_conditioner_not_cooling", "air_conditioner"),
            ("washing_machine_not_draining", "washing_machine"),
        ]

    def test_nothing_is_wrong_with_them(self) -> None:
        assert check(ROOT / "playbooks") == []

    @every_playbook
    def test_every_way_ends_and_is_short_enough(self, playbook: Playbook) -> None:
        lengths = [len(way) for way, _ in ways(playbook, playbook.gate)]

        assert max(lengths) <= LONGEST_PATH + 1  # the gate comes before the steps
        assert max(lengths) == playbook.length_from("gate")
        assert playbook.length_from("gate") == playbook.length_from(playbook.first) + 1

    @every_playbook
    def test_every_step_and_every_exit_is_met(self, playbook: Playbook) -> None:
        steps: set[str] = set()
        exits: set[str] = set()
        for way, ending in ways(playbook, playbook.gate):
            steps |= {met.partition(".")[0] for met in way}
            exits.add(ending.id)

        assert steps == {"gate", *playbook.steps}
        assert exits == set(playbook.exits)

    @every_playbook
    def test_every_text_stands_in_three_languages(self, playbook: Playbook) -> None:
        for where, text in texts(playbook):
            assert set(text) == set(LANGUAGES), where
            assert all(text.values()), where
            assert text["en"] != text["zh_CN"], where

    @every_playbook
    def test_taiwan_texts_hold_no_simplified_characters_and_mainland_words(self, playbook: Playbook) -> None:
        simplified = set("这个说机开关门电气风热洁滤网显为没还时间请问现发烟触脏头线条压缩应该师传图")
        mainland = ("空调", "空調", "遥控", "視頻", "信息", "質量", "短信", "水泵", "傳感器", "電路闆", "屏幕", "程序")
        for where, text in texts(playbook):
            assert not simplified & (set(text["zh_TW"]) - {"個"}), where
            assert not [word for word in mainland if word in text["zh_TW"]], where

    @every_playbook
    def test_a_button_is_short_and_a_step_is_short(self, playbook: Playbook) -> None:
        for step in (playbook.gate, *playbook.steps.values()):
            assert 2 <= len(step.choices) <= 8, step.id
            for language, limit in (("en", 230), ("zh_CN", 100), ("zh_TW", 100)):
                assert len(step.say[language]) <= limit, (step.id, language)
                assert step.say[language][-1] in "?？。", (step.id, language)
            for choice in step.choices:
                assert len(choice.label["en"]) <= 36, (step.id, choice.id)
                assert len(choice.label["zh_CN"]) <= 18, (step.id, choice.id)
                assert len(choice.label["zh_TW"]) <= 18, (step.id, choice.id)

    @every_playbook
    def test_the_gate_lets_one_answer_on_and_gives_advice_for_a_hazard(self, playbook: Playbook) -> None:
        ends = [playbook.after("gate", choice.id) for choice in playbook.gate.choices]
        hazards = [end for end in ends if isinstance(end, Exit) and end.kind is ExitKind.HAZARD]

        assert [end.id for end in ends if isinstance(end, Step)] == [playbook.first]
        assert "smoke_fire" in [hazard.hazard for hazard in hazards]
        for hazard in hazards:
            assert hazard.advice is not None and all(len(text) > 60 for text in hazard.advice.values())

    @both_first_playbooks
    def test_the_hazards_of_the_first_two(self, playbook: Playbook) -> None:
        ends = [playbook.after("gate", choice.id) for choice in playbook.gate.choices]
        hazards = {end.hazard for end in ends if isinstance(end, Exit) and end.kind is ExitKind.HAZARD}

        assert {"smoke_fire", "shock", "gas", "water_electric"} <= hazards

    @both_first_playbooks
    @pytest.mark.parametrize("exit_id", ["hazard_fire", "hazard_plug", "hazard_gas", "hazard_shock"])
    def test_emergency_numbers_are_named_by_place(self, playbook: Playbook, exit_id: str) -> None:
        ending = playbook.exits[exit_id]

        assert ending.advice is not None
        for text in ending.advice.values():
            assert set(re.findall(r"\b\d{3}\b", text)) - {"120"} == {"119", "999", "112", "911"}

    @both_first_playbooks
    def test_nobody_restarts_twice_or_meets_the_breaker_twice(self, playbook: Playbook) -> None:
        for way, _ in ways(playbook, playbook.gate):
            met = [name.partition(".")[0] for name in way]
            assert len([step for step in met if step.startswith("rest")]) <= 1, way
            assert met.count("breaker") <= 1, way

    @every_playbook
    def test_a_visit_has_its_own_cause(self, playbook: Playbook) -> None:
        codes = [ending.code for ending in playbook.exits.values() if ending.kind is ExitKind.VISIT]

        assert len(set(codes)) == len(codes)

    @both_first_playbooks
    def test_a_visit_says_who_comes_with_what(self, playbook: Playbook) -> None:
        visits = [ending for ending in playbook.exits.values() if ending.kind is ExitKind.VISIT]

        assert visits
        for visit in visits:
            assert visit.skill in ("refrigeration", "electrical", "laundry"), visit.id
            assert visit.hours is not None and 0.5 <= visit.hours <= 4, visit.id
            assert set(visit.parts) <= PARTS, visit.id

    def test_a_fan_that_hums_needs_a_capacitor(self) -> None:
        playbook = SHIPPED.get("air_conditioner_not_cooling")
        assert playbook is not None

        ending = playbook.after("outdoor", "hums")

        assert isinstance(ending, Exit)
        assert (ending.code, ending.parts, ending.skill, ending.level, ending.hours) == (
            "outdoor_capacitor_weak",
            ("AC-CAP-35", "AC-FAN-OUT"),
            "electrical",
            2,
            1.5,
        )

    def test_a_pump_that_hums_after_all_needs_a_pump(self) -> None:
        playbook = SHIPPED.get("washing_machine_not_draining")
        assert playbook is not None

        ending = playbook.after("rest", "hums")

        assert isinstance(ending, Exit)
        assert (ending.code, ending.parts, ending.skill) == (
            "drain_pump_blocked",
            ("WM-PUMP-01", "WM-HOSE-D"),
            "laundry",
        )

    def test_waiting_times_are_read(self) -> None:
        playbook = SHIPPED.get("air_conditioner_not_cooling")
        assert playbook is not None

        assert playbook.steps["settle"].wait == timedelta(minutes=10)
        assert playbook.steps["mode"].wait is None

    def test_how_far_it_still_is(self) -> None:
        playbook = SHIPPED.get("air_conditioner_not_cooling")
        assert playbook is not None

        assert [playbook.length_from(s) for s in ("gate", "mode", "measure", "restart", "gone_step")] == [11, 10, 3, 1, 0]

    def test_a_step_or_button_of_an_older_version_is_answered_with_none(self) -> None:
        playbook = FIRST_TWO[0]

        assert playbook.step("gone_step") is None
        assert playbook.after("gone_step", "cold") is None
        assert playbook.after("mode", "gone_choice") is None
        assert playbook.exit("exit.gone") is None


NOT_COOLING = """\
my air conditioner is not cooling
aircon isn't cooling the bedroom
The AC doesnt cool at all since yesterday
ac won’t cool
The split unit runs but there's no cold air
A/C blowing warm air
air con only blows hot air
Our air conditioner never gets cold
the AC is barely cooling any more
air conditioner stopped cooling last night
AC on, room still hot after two hours
the aircon can't cool the living room, filter is clean
air conditioning: poor cooling
aircon: the air is warm, not cold
My AC just blows lukewarm air
空调不制冷
空调开了半天也不凉
家里空调吹热风，设的是制冷
空调吹出来的都是热风，风是热的
挂机制冷效果差，空调才用一年
空调不怎么冷
空调制不了冷了
空调一直开着，室温降不下来
空调没有冷风
冷氣不冷
冷氣開了一個小時還是不涼
冷氣不會冷，風是溫的
客廳的冷氣都不冷，只有風
冷氣冷度不夠冷
冷氣吹熱風
變頻冷氣無法製冷
分離式冷氣沒有冷風""".splitlines()

NOT_DRAINING = """\
washing machine won't drain
The washer is not draining
my washing machine doesnt drain, clothes are soaking
front loader full of water and stopped
water stays in the drum of my washing machine
washer drains very slowly
there's still water in the washing machine after the wash
My washing machine can't pump the water out
washer stopped draining yesterday
standing water in top loader
the washing machine never empties
washing machine has trouble draining
洗衣机不排水
洗衣机排不出水
滚筒洗衣机排水很慢
洗衣机洗完里面还有水
洗衣机桶里有水排不掉
洗衣机水放不掉
洗衣机无法排水，报故障
洗衣機不會排水
洗衣機排水排不掉
洗衣機洗到一半槽內積水
洗衣機裡面都是水，沒辦法排水
洗衣機水一直留在裡面
Bosch WAW28440SG洗衣機跳E18不排水""".splitlines()

NEITHER = """\
water leaking from the air conditioner
air conditioner leaks water onto the floor
fridge not cooling
my refrigerator is not cold
car air conditioner not cooling
air conditioner is not heating
the air conditioner makes a loud noise
aircon remote is broken
AC not blowing hot air in heating mode
air conditioner smells musty but cooling is fine
air conditioner does not smell but cooling is loud
it is not cooling
hello, I need help
washing machine not spinning
washing machine leaks
washing machine door will not open
washing machine not filling with water
dishwasher not draining
kitchen sink not draining
tumble dryer not drying
washing machine is noisy when draining
空调漏水
冰箱不制冷
空调不制热
空调制热不吹热风
汽车空调不制冷
空调声音很大
冷氣漏水
冷氣有異味
冰箱不冷
冷氣遙控器沒反應
今天天氣不冷
洗衣机漏水
洗衣机不脱水
洗碗机不排水
洗衣机不进水
洗衣機排水管漏水
洗衣機一直排水停不下來
水槽不排水
air conditioner not cooling and washing machine not draining

""".splitlines()


class TestChoosing:
    @pytest.mark.parametrize("text", NOT_COOLING)
    @pytest.mark.parametrize("family", [None, "air_conditioner"])
    def test_words_for_not_cooling_choose_that_playbook(self, family: str | None, text: str) -> None:
        choice = SHIPPED.choose(family, None, text, None)

        assert choice is not None
        assert (choice.playbook.id, choice.reason) == ("air_conditioner_not_cooling", "symptom")
        assert choice.words

    @pytest.mark.parametrize("text", NOT_DRAINING)
    @pytest.mark.parametrize("family", [None, "washing_machine"])
    def test_words_for_not_draining_choose_that_playbook(self, family: str | None, text: str) -> None:
        choice = SHIPPED.choose(family, None, text, None)

        assert choice is not None
        assert (choice.playbook.id, choice.reason) == ("washing_machine_not_draining", "symptom")
        assert choice.words

    @pytest.mark.parametrize("text", NEITHER)
    def test_other_faults_go_straight_to_a_person(self, text: str) -> None:
        assert SHIPPED.choose(None, None, text, None) is None

    def test_the_words_found_are_named(self) -> None:
        choice = SHIPPED.choose("air_conditioner", "gree", "It isn't really cooling", None)

        assert choice is not None
        assert choice.words == ("not cooling",)

    @pytest.mark.parametrize("text", ["won't drain", "不排水"])
    def test_a_known_family_keeps_other_products_out(self, text: str) -> None:
        assert SHIPPED.choose("air_conditioner", None, text, None) is None
        assert SHIPPED.choose("dishwasher", None, text, None) is None

    @pytest.mark.parametrize("code", ["OE", "oe", " O-E "])
    def test_a_code_chooses_with_its_brand_whatever_the_words(self, code: str) -> None:
        choice = SHIPPED.choose("washing_machine", "LG", "it beeps", code)

        assert choice is not None
        assert (choice.playbook.id, choice.reason, choice.words) == ("washing_machine_not_draining", "error_code", (code,))

    @pytest.mark.parametrize(
        ("family", "brand", "code"),
        [
            ("washing_machine", None, "OE"),
            ("washing_machine", "samsung", "OE"),
            ("washing_machine", "lg", "UE"),
            ("air_conditioner", "lg", "OE"),
            ("air_conditioner", "midea", "E1"),
            (None, "lg", "OE"),
        ],
    )
    def test_a_code_of_another_brand_or_product_means_nothing(self, family: str | None, brand: str | None, code: str) -> None:
        assert SHIPPED.choose(family, brand, "it beeps", code) is None

    def test_the_playbook_of_the_brand_comes_before_the_one_for_all(self, tmp_path: Path) -> None:
        write(tmp_path, "all.yaml", GOOD)
        write(tmp_path, "acme.yaml", GOOD.replace("id: kettle_cold", "id: kettle_acme").replace("[]", "[Acme]"))
        library = load_playbooks(tmp_path)

        chosen = [library.choose("kettle", brand, "it stays cold", None) for brand in ("acme", "other", None)]

        assert [c.playbook.id if c else None for c in chosen] == ["kettle_acme", "kettle_cold", "kettle_cold"]

    def test_a_draw_is_no_match(self, tmp_path: Path) -> None:
        write(tmp_path, "one.yaml", GOOD)
        write(tmp_path, "two.yaml", GOOD.replace("id: kettle_cold", "id: kettle_two"))

        assert load_playbooks(tmp_path).choose("kettle", None, "it stays cold", None) is None

    def test_an_empty_library_chooses_nothing(self, tmp_path: Path) -> None:
        assert load_playbooks(tmp_path) == Library(())
        assert load_playbooks(tmp_path).choose("kettle", None, "it stays cold", "E1") is None


class TestVersions:
    def test_the_newest_is_chosen_and_an_old_one_stays_for_those_who_began_with_it(self, tmp_path: Path) -> None:
        write(tmp_path, "kettle.yaml", GOOD.replace("version: 1", "version: 2"))
        write(tmp_path, "kettle_old.yaml", GOOD)
        library = load_playbooks(tmp_path)

        found = [library.get("kettle_cold", version) for version in (None, 1, 2, 3)]
        choice = library.choose("kettle", None, "it stays cold", None)

        assert [p.version if p else None for p in found] == [2, 1, 2, None]
        assert choice is not None and choice.playbook.version == 2
        assert library.get("unknown") is None


GOOD = """\
schema: 1
id: kettle_cold
version: 1
family: kettle
brands: []
title: {en: Kettle stays cold, zh_CN: 水壶不热, zh_TW: 水壺不熱}
symptoms: {en: [stays cold], zh: [不热]}
codes: []
gate:
  say: {en: "Any smoke?", zh_CN: 冒烟吗？, zh_TW: 冒煙嗎？}
  choices:
    - {id: none, label: {en: None, zh_CN: 没有, zh_TW: 沒有}, to: plug}
    - {id: smoke, label: {en: Smoke, zh_CN: 有, zh_TW: 有}, to: exit.fire}
first: plug
steps:
  plug:
    say: {en: "Is it plugged in?", zh_CN: 插好了吗？, zh_TW: 插好了嗎？}
    choices:
      - {id: was_in, label: {en: It was, zh_CN: 插好了, zh_TW: 插好了}, to: rest}
      - {id: now_in, label: {en: Now it is, zh_CN: 刚插好, zh_TW: 剛插好}, to: exit.solved}
  rest:
    wait: 10 minutes
    say: {en: "Let it rest. Hot now?", zh_CN: 放一会儿。热了吗？, zh_TW: 放一下。熱了嗎？}
    choices:
      - {id: hot, label: {en: Hot, zh_CN: 热了, zh_TW: 熱了}, to: exit.solved}
      - {id: cold, label: {en: Cold, zh_CN: 不热, zh_TW: 不熱}, to: exit.visit}
exits:
  solved: {kind: solved, say: {en: Good., zh_CN: 好。, zh_TW: 好。}}
  visit:
    kind: visit
    cause: {en: Heater broken, zh_CN: 加热坏了, zh_TW: 加熱壞了}
    code: heater_broken
    parts: [KT-1]
    skill: electrical
    level: 1
    hours: 0.5
  fire: {kind: hazard, hazard: smoke_fire, advice: {en: Keep away., zh_CN: 请离开。, zh_TW: 請離開。}}
sources:
  - {mark: M, name: Kettle manual}
"""


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def found_in(folder: Path, text: str) -> list[tuple[int, str]]:
    write(folder, "kettle.yaml", text)
    return [(mistake.line, mistake.what) for mistake in check(folder)]


def with_line(number: int, line: str) -> str:
    lines = GOOD.splitlines()
    lines[number - 1] = line
    return "\n".join(lines) + "\n"


class TestMistakes:
    def test_the_good_one_has_none(self, tmp_path: Path) -> None:
        assert found_in(tmp_path, GOOD) == []

    @pytest.mark.parametrize(
        ("number", "line", "expected"),
        [
            (1, "schema: 2", [(1, "schema is not one that this program reads")]),
            (2, "id: Kettle Cold", [(2, 'id is "Kettle Cold", which is not an id')]),
            (3, "version: new", [(3, "version should be a whole number from 1 to 10000")]),
            (3, "version: 1.5", [(3, "version should be a whole number from 1 to 10000")]),
            (3, "version: 0x1F", [(3, "version should be a whole number from 1 to 10000")]),
            (4, "family: [kettle]", [(4, "family should be one text")]),
            (5, "brands: acme", [(5, "brands should be a list")]),
            (5, "brand: []", [(5, 'the playbook has an unknown key "brand"')]),
            (5, "family: pot", [(5, '"family" stands twice in the playbook')]),
            (5, "[a, b]: []", [(5, "a key of the playbook is not a word")]),
            (6, "title: {en: Cold, zh_CN: 不热}", [(6, "title lacks the language zh_TW")]),
            (6, "title: {en: Cold, zh_CN: 不热, zh_TW: }", [(6, 'title (zh_TW) is "", which YAML reads as nothing')]),
            (6, 'title: {en: Cold, zh_CN: 不热, zh_TW: " "}', [(6, "title (zh_TW) is empty")]),
            (6, "title: Cold", [(6, "title should be a list of keys with values")]),
            (
                6,
                "title: {en: Cold, zh_CN: 不热, zh_TW: 不热}",
                [(6, "title: zh_TW has characters not used there: 热")],
            ),
            (
                6,
                "title: {en: Cold, zh_CN: 不熱, zh_TW: 不熱}",
                [(6, "title: zh_CN has characters not used there: 熱")],
            ),
            (
                6,
                "title: {en: 不熱, zh_CN: 不热, zh_TW: 不熱}",
                [(6, "title: en has characters not used there: 不熱")],
            ),
            (7, "symptoms: {en: [stays cold]}", [(7, 'symptoms lacks "zh"')]),
            (7, "symptoms: {en: [], zh: [不热]}", [(7, "symptoms.en holds no words")]),
            (7, "symptoms: {en: [off], zh: [不热]}", [(7, 'an item of symptoms.en is "off", which YAML reads as true or false')]),
            (8, "codes: [16]", [(8, 'an item of codes is "16", which YAML reads as a number')]),
            (
                13,
                "    - {id: smoke, label: {en: Smoke, zh_CN: 有, zh_TW: 有}, to: exit.visit}",
                [(9, "the gate has no way out for a hazard"), (37, "exit fire is never reached")],
            ),
            (
                12,
                "    - {id: none, label: {en: None, zh_CN: 没有, zh_TW: 沒有}, to: rest}",
                [
                    (9, 'the gate goes on to another step than first ("plug")'),
                    (16, "step plug is never reached"),
                ],
            ),
            (
                12,
                "    - {id: none, label: {en: None, zh_CN: 没有, zh_TW: 沒有}, to: exit.visit}",
                [
                    (9, "the gate never goes on to the first step"),
                    (16, "step plug is never reached"),
                    (21, "step rest is never reached"),
                ],
            ),
            (14, "first: plugs", [(14, 'first names the unknown step "plugs"')]),
            (
                19,
                "      - {id: yes, label: {en: It was, zh_CN: 插好了, zh_TW: 插好了}, to: rest}",
                [(19, 'a choice\'s id in step plug is "yes", which YAML reads as true or false')],
            ),
            (
                19,
                '      - {id: "on", label: {en: It was, zh_CN: 插好了, zh_TW: 插好了}, to: rest}',
                [(19, 'a choice\'s id in step plug is "on", which YAML reads as true or false')],
            ),
            (
                19,
                "      - {id: now_in, label: {en: It was, zh_CN: 插好了, zh_TW: 插好了}, to: rest}",
                [(20, 'step plug has two choices "now_in"')],
            ),
            (
                19,
                "      - {id: was_in_for_a_long_time, label: {en: It was, zh_CN: 插好了, zh_TW: 插好了}, to: rest}",
                [(19, 'a choice\'s id in step plug is "was_in_for_a_long_time", which is not an id')],
            ),
            (
                19,
                "      - {id: was_in, label: {en: Yes, zh_CN: 插好了, zh_TW: 插好了}, to: rest}",
                [(19, 'the label of plug.was_in (en) is "Yes", which YAML reads as true or false')],
            ),
            (
                19,
                "      - {id: was_in, label: {en: It was, zh_CN: 插好了, zh_TW: 插好了}, to: rset}",
                [(19, 'choice plug.was_in leads to the unknown "rset"'), (21, "step rest is never reached")],
            ),
            (
                25,
                "      - {id: hot, label: {en: Hot, zh_CN: 热了, zh_TW: 熱了}, to: exit.done}",
                [(25, 'choice rest.hot leads to the unknown "exit.done"')],
            ),
            (
                21,
                "  no:",
                [
                    (19, 'choice plug.was_in leads to the unknown "rest"'),
                    (21, 'the id of a step is "no", which YAML reads as true or false'),
                    (29, "exit visit is never reached"),
                ],
            ),
            (22, "    wait: a while", [(22, "the wait of step rest is not a time up to 24 hours")]),
            (22, "    wait: 30 hours", [(22, "the wait of step rest is not a time up to 24 hours")]),
            (22, "    hint: look", [(22, 'step rest has an unknown key "hint"')]),
            (
                28,
                "  solved: {kind: done, say: {en: Good., zh_CN: 好。, zh_TW: 好。}}",
                [(28, 'exit solved is of the unknown kind "done"')],
            ),
            (28, "  solved: {say: {en: Good., zh_CN: 好。, zh_TW: 好。}}", [(28, 'exit solved lacks "kind"')]),
            (28, "  solved: {kind: solved}", [(28, 'exit solved (solved) lacks "say"')]),
            (33, "    parts: KT-1", [(33, "parts of exit visit should be a list")]),
            (35, "    level: 9", [(35, "level should be a whole number from 1 to 3")]),
            (36, "    hours: long", [(36, "hours should be a number from 0.25 to 24")]),
            (
                36,
                "    minutes: 30",
                [(30, 'exit visit (visit) lacks "hours"'), (36, 'exit visit (visit) has an unknown key "minutes"')],
            ),
            (37, "  fire: {kind: hazard, hazard: smoke_fire}", [(37, 'exit fire (hazard) lacks "advice"')]),
            (39, "  - {mark: W, name: Some blog}", [(39, '"W" is not a mark')]),
            (39, "  - name: Kettle manual", [(39, 'a source lacks "mark"')]),
        ],
    )
    def test_each_is_found_with_its_line(self, tmp_path: Path, number: int, line: str, expected: list[tuple[int, str]]) -> None:
        assert found_in(tmp_path, with_line(number, line)) == expected

    def test_a_missing_gate_is_a_mistake(self, tmp_path: Path) -> None:
        text = "".join(GOOD.splitlines(keepends=True)[:8] + GOOD.splitlines(keepends=True)[13:])

        assert found_in(tmp_path, text) == [(1, "the hazard question (gate) is missing")]

    def test_a_step_nobody_comes_to_is_a_mistake(self, tmp_path: Path) -> None:
        text = GOOD.replace("zh_TW: 插好了}, to: rest}", "zh_TW: 插好了}, to: exit.visit}")

        assert found_in(tmp_path, text) == [(21, "step rest is never reached")]

    @pytest.mark.parametrize("choices", ["    choices: []\n", ""])
    def test_a_dead_end_is_a_mistake(self, tmp_path: Path, choices: str) -> None:
        lines = GOOD.splitlines(keepends=True)
        text = "".join(lines[:23]) + choices + "".join(lines[26:])

        assert (21, "step rest is a dead end") in found_in(tmp_path, text)

    def test_steps_that_go_round_without_a_way_out_are_a_mistake(self, tmp_path: Path) -> None:
        text = GOOD.replace("to: exit.solved}", "to: plug}").replace("zh_TW: 不熱}, to: exit.visit}", "zh_TW: 不熱}, to: rest}")

        found = found_in(tmp_path, text)

        assert (16, "the steps plug, rest go round for ever") in found
        assert len([what for _, what in found if "for ever" in what]) == 1

    def test_a_circle_with_a_way_out_is_allowed(self, tmp_path: Path) -> None:
        text = GOOD.replace("zh_TW: 熱了}, to: exit.solved}", "zh_TW: 熱了}, to: plug}")

        assert found_in(tmp_path, text) == []
        playbook = load_playbooks(tmp_path).playbooks[0]
        assert [playbook.length_from(step) for step in ("gate", "plug", "rest")] == [3, 2, 2]

    @pytest.mark.parametrize(("count", "expected"), [(12, []), (13, [(14, "the longest way has 13 steps, more than 12")])])
    def test_more_than_twelve_steps_on_one_way_are_a_mistake(
        self, tmp_path: Path, count: int, expected: list[tuple[int, str]]
    ) -> None:
        more = "".join(
            f"  more{n}:\n"
            "    say: {en: More, zh_CN: 更多, zh_TW: 更多}\n"
            "    choices:\n"
            "      - {id: next, label: {en: Next, zh_CN: 下一步, zh_TW: 下一步}, to: "
            + (f"more{n + 1}" if n < count - 2 else "exit.solved")
            + "}\n"
            for n in range(1, count - 1)
        )
        text = GOOD.replace("zh_TW: 熱了}, to: exit.solved}", "zh_TW: 熱了}, to: more1}").replace("exits:\n", more + "exits:\n")

        assert found_in(tmp_path, text) == expected

    @pytest.mark.parametrize(
        ("language", "say"),
        [
            ("en", "Open the cover and look."),
            ("en", "Please remove the front panel."),
            ("en", "Take off the back plate."),
            ("en", "Bypass the switch."),
            ("en", "Push the fan blade gently."),
            ("en", "Reset the breaker again."),
            ("en", "Switch the breaker on a second time."),
            ("en", "Touch the wires."),
            ("en", "Use a screwdriver."),
            ("en", "Top up the refrigerant."),
            ("en", "Do not wait. Open the cover."),
            ("en", "Do not forget to open the cover."),
            ("en", "If it does not help open the cover."),
            ("en", "If you don't hear it, reset it again."),
            ("zh_CN", "请打开外壳看看。"),
            ("zh_CN", "拨一下风扇叶片。"),
            ("zh_CN", "再次合闸。"),
            ("zh_CN", "把开关短接。"),
            ("zh_CN", "别忘了拆下盖板。"),
            ("zh_CN", "如果不行就打开外壳。"),
            ("zh_TW", "請拆開機殼看看。"),
            ("zh_TW", "自己補冷媒。"),
            ("zh_TW", "不要等，打開蓋板。"),
        ],
    )
    def test_an_unsafe_instruction_is_a_mistake(self, tmp_path: Path, language: str, say: str) -> None:
        texts = {"en": "Look.", "zh_CN": "看看。", "zh_TW": "看看。", language: say}
        line = "    say: {" + ", ".join(f'{key}: "{text}"' for key, text in texts.items()) + "}"

        found = found_in(tmp_path, with_line(17, line))

        assert [number for number, _ in found] == [17]
        assert found[0][1].startswith("step plug: say: unsafe instruction")

    @pytest.mark.parametrize(
        ("language", "say"),
        [
            ("en", "Do not open the cover."),
            ("en", "Never touch the wires, please."),
            ("en", "Please don’t try to open the casing."),
            ("en", "Do not touch the plug or open the cover."),
            ("en", "If the breaker trips again, leave it off."),
            ("en", "Turn the fan to high."),
            ("zh_CN", "不要打开外壳。"),
            ("zh_CN", "请勿再次合闸。"),
            ("zh_CN", "千万不要自己拆下盖板。"),
            ("zh_CN", "不要碰插头或打开外壳。"),
            ("zh_TW", "別碰扇葉。"),
            ("zh_TW", "請打開窗戶。"),
        ],
    )
    def test_a_warning_is_no_unsafe_instruction(self, tmp_path: Path, language: str, say: str) -> None:
        texts = {"en": "Look.", "zh_CN": "看看。", "zh_TW": "看看。", language: say}
        line = "    say: {" + ", ".join(f'{key}: "{text}"' for key, text in texts.items()) + "}"

        assert found_in(tmp_path, with_line(17, line)) == []

    def test_the_same_id_and_version_in_two_files_is_a_mistake(self, tmp_path: Path) -> None:
        write(tmp_path, "a.yaml", GOOD)
        write(tmp_path, "b.yaml", "# copied\n" + GOOD)

        mistakes = check(tmp_path)

        assert [(m.file.name, m.line, m.what) for m in mistakes] == [("b.yaml", 3, "kettle_cold version 1 also stands in a.yaml")]

    @pytest.mark.parametrize(
        ("content", "line", "what"),
        [
            (b"", 1, "the file is empty"),
            (b"schema: 1\nid: [a\n", 3, "not proper YAML: expected ',' or ']', but got '<stream end>'"),
            (b"schema: 1\n\tid: a\n", 2, "not proper YAML: found character '\\t' that cannot start any token"),
            (b"schema: 1\nid: a: b\n", 2, "not proper YAML: mapping values are not allowed here"),
            ("schema: 1\nid: 水壶不热".encode("gbk"), 2, "the file is not in UTF-8"),
            (b"schema: 1\nid: \x07\n", 1, "the file holds a character that YAML does not allow"),
        ],
    )
    def test_a_file_that_cannot_be_read_is_a_mistake(self, tmp_path: Path, content: bytes, line: int, what: str) -> None:
        (tmp_path / "broken.yaml").write_bytes(content)

        assert [(m.line, m.what) for m in check(tmp_path)] == [(line, what)]

    @pytest.mark.parametrize("content", ["[]", "just words", "1", "steps: 5\ngate: 5\nfirst: {}\nexits: [1]", "? {a: b}\n: 1"])
    def test_a_file_of_the_wrong_shape_is_mistakes_and_nothing_worse(self, tmp_path: Path, content: str) -> None:
        assert found_in(tmp_path, content) != []

    def test_leaving_out_any_one_line_never_stops_the_check(self, tmp_path: Path) -> None:
        lines = GOOD.splitlines(keepends=True)
        for number in range(len(lines)):
            found_in(tmp_path, "".join(lines[:number] + lines[number + 1 :]))
            found_in(tmp_path, "".join(lines[: number + 1]))

    def test_other_endings_are_named_and_other_files_left_alone(self, tmp_path: Path) -> None:
        write(tmp_path, "kettle.yml", GOOD)
        write(tmp_path, "README.md", "Notes")

        assert [(m.file.name, m.line, m.what) for m in check(tmp_path)] == [("kettle.yml", 1, "files ending in .yml are not read")]

    def test_a_missing_folder_is_a_mistake(self, tmp_path: Path) -> None:
        assert [m.what for m in check(tmp_path / "nowhere")] == ["there is no such folder"]

    def test_loading_tells_all_mistakes_of_all_files_with_their_remedies(self, tmp_path: Path) -> None:
        write(tmp_path, "a.yaml", with_line(3, "version: new"))
        write(tmp_path, "b.yaml", with_line(14, "first: plugs").replace("id: kettle_cold", "id: kettle_b"))

        with pytest.raises(PlaybookError) as caught:
            load_playbooks(tmp_path)

        assert str(caught.value) == (
            f"{tmp_path / 'a.yaml'}:3: version should be a whole number from 1 to 10000. "
            "Write version: and the figure, no quotes.\n"
            f'{tmp_path / "b.yaml"}:14: first names the unknown step "plugs". '
            "Use one of: plug, rest, exit.solved, exit.visit, exit.fire."
        )
        assert [mistake.line for mistake in caught.value.mistakes] == [3, 14]


class TestTheRecipe:
    """Follows docs/howto/new-playbook.md to the letter."""

    PAGE = (ROOT / "docs" / "howto" / "new-playbook.md").read_text(encoding="utf-8")
    EXAMPLE = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
    COMPLAINT = re.findall(r"```text\n(.*?)\n```", PAGE, re.DOTALL)[0]

    def test_its_example_loads_beside_the_shipped_ones_and_is_chosen(self, tmp_path: Path) -> None:
        for playbook in FIRST_TWO:
            file = ROOT / "playbooks" / f"{playbook.id}.yaml"
            write(tmp_path, file.name, file.read_text(encoding="utf-8"))
        write(tmp_path, "printer_not_printing.yaml", self.EXAMPLE)

        library = load_playbooks(tmp_path)
        chosen = [
            library.choose(family, brand, text, code)
            for family, brand, text, code in [
                (None, None, "my printer doesn't print", None),
                (None, None, "印表機印不出來", None),
                ("printer", "HP", "it blinks", "13"),
                (None, None, "my 3d printer does not print", None),
            ]
        ]

        assert [c.playbook.id if c else None for c in chosen] == ["printer_not_printing"] * 3 + [None]

    def test_its_example_can_be_walked(self, tmp_path: Path) -> None:
        write(tmp_path, "printer_not_printing.yaml", self.EXAMPLE)
        playbook = load_playbooks(tmp_path).playbooks[0]

        assert [ending.id for _, ending in ways(playbook, playbook.gate)] == [
            "solved",
            "visit",
            "solved",
            "visit",
            "person",
            "danger",
        ]

    def test_its_mistake_is_told_as_it_says(self, tmp_path: Path) -> None:
        wrong = self.EXAMPLE.replace("zh_TW: 有紙}, to: rest}", "zh_TW: 有紙}, to: rset}")
        write(tmp_path, "printer_not_printing.yaml", wrong)

        told = [str(mistake).removeprefix(f"{tmp_path}/") for mistake in check(tmp_path)]

        assert told == [self.COMPLAINT]

    def test_its_command_is_one_that_runs(self, tmp_path: Path) -> None:
        command = re.findall(r'python -c "(.*)"', self.PAGE)[0].replace("Path('playbooks')", f"Path('{tmp_path}')")

        compile(command, "new-playbook.md", "exec")
        assert "check(" in command and check(tmp_path) == []
