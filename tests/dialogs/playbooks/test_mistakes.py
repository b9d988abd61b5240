"""The playbook format: each kind of mistake found with its line."""

from pathlib import Path

import pytest

from dialogs.playbooks import PlaybookError, check, load_playbooks
from tests.dialogs.playbooks.kettle import GOOD, found_in, with_line, write


class TestMistakes:
    def test_the_good_one_has_none(self, tmp_path: Path) -> None:
        assert found_in(tmp_path, GOOD) == []

    @pytest.mark.parametrize(
        ("number", "line", "expected"),
        [
            (1, "schema: 3", [(1, "schema is not one that this program reads")]),
            (1, "schema: 1", [(1, "schema 1 is the old form")]),
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
            (8, "codes: [16]", [(8, "codes should be a list of keys with values")]),
            (8, "codes: {acme: [16]}", [(8, 'an item of codes.acme is "16", which YAML reads as a number')]),
            (8, "codes: {acme: E1}", [(8, "codes.acme should be a list")]),
            (
                13,
                "    - {id: smoke, label: {en: Smoke, zh_CN: 有, zh_TW: 有}, to: exit.visit}",
                [(9, "the gate has no way out for a hazard"), (39, "exit fire is never reached")],
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
                    (22, "step rest is never reached"),
                ],
            ),
            (14, "first: plugs", [(14, 'first names the unknown step "plugs"')]),
            (
                20,
                "      - {id: yes, label: {en: It was, zh_CN: 插好了, zh_TW: 插好了}, to: rest}",
                [(20, 'a choice\'s id in step plug is "yes", which YAML reads as true or false')],
            ),
            (
                20,
                '      - {id: "on", label: {en: It was, zh_CN: 插好了, zh_TW: 插好了}, to: rest}',
                [(20, 'a choice\'s id in step plug is "on", which YAML reads as true or false')],
            ),
            (
                20,
                "      - {id: now_in, label: {en: It was, zh_CN: 插好了, zh_TW: 插好了}, to: rest}",
                [(21, 'step plug has two choices "now_in"')],
            ),
            (
                20,
                "      - {id: was_in_for_a_long_time, label: {en: It was, zh_CN: 插好了, zh_TW: 插好了}, to: rest}",
                [(20, 'a choice\'s id in step plug is "was_in_for_a_long_time", which is not an id')],
            ),
            (
                20,
                "      - {id: was_in, label: {en: Yes, zh_CN: 插好了, zh_TW: 插好了}, to: rest}",
                [(20, 'the label of plug.was_in (en) is "Yes", which YAML reads as true or false')],
            ),
            (
                20,
                "      - {id: was_in, label: {en: It was, zh_CN: 插好了, zh_TW: 插好了}, to: rset}",
                [(20, 'choice plug.was_in leads to the unknown "rset"'), (22, "step rest is never reached")],
            ),
            (
                27,
                "      - {id: hot, label: {en: Hot, zh_CN: 热了, zh_TW: 熱了}, to: exit.done}",
                [(27, 'choice rest.hot leads to the unknown "exit.done"')],
            ),
            (
                22,
                "  no:",
                [
                    (20, 'choice plug.was_in leads to the unknown "rest"'),
                    (22, 'the id of a step is "no", which YAML reads as true or false'),
                ],
            ),
            (23, "    wait: a while", [(23, "the wait of step rest is not a time up to 24 hours")]),
            (23, "    wait: 30 hours", [(23, "the wait of step rest is not a time up to 24 hours")]),
            (23, "    hint: look", [(23, 'step rest has an unknown key "hint"')]),
            (
                30,
                "  solved: {kind: done, say: {en: Good., zh_CN: 好。, zh_TW: 好。}}",
                [(30, 'exit solved is of the unknown kind "done"')],
            ),
            (30, "  solved: {say: {en: Good., zh_CN: 好。, zh_TW: 好。}}", [(30, 'exit solved lacks "kind"')]),
            (30, "  solved: {kind: solved}", [(30, 'exit solved (solved) lacks "say"')]),
            (35, "    parts: KT-1", [(35, "parts of exit visit should be a list")]),
            (37, "    level: 9", [(37, "level should be a whole number from 1 to 3")]),
            (38, "    hours: long", [(38, "hours should be a number from 0.25 to 24")]),
            (
                38,
                "    minutes: 30",
                [(32, 'exit visit (visit) lacks "hours"'), (38, 'exit visit (visit) has an unknown key "minutes"')],
            ),
            (39, "  fire: {kind: hazard, hazard: smoke_fire}", [(39, 'exit fire (hazard) lacks "advice"')]),
            (41, "  - {mark: W, name: Some blog}", [(41, '"W" is not a mark')]),
            (41, "  - name: Kettle manual", [(41, 'a source lacks "mark"')]),
        ],
    )
    def test_each_is_found_with_its_line(self, tmp_path: Path, number: int, line: str, expected: list[tuple[int, str]]) -> None:
        assert found_in(tmp_path, with_line(number, line)) == expected

    def test_a_missing_gate_is_a_mistake(self, tmp_path: Path) -> None:
        text = "".join(GOOD.splitlines(keepends=True)[:8] + GOOD.splitlines(keepends=True)[13:])

        assert found_in(tmp_path, text) == [(1, "the hazard question (gate) is missing")]

    def test_a_step_nobody_comes_to_is_a_mistake(self, tmp_path: Path) -> None:
        text = GOOD.replace("zh_TW: 插好了}, to: rest}", "zh_TW: 插好了}, to: exit.visit}")

        assert found_in(tmp_path, text) == [(22, "step rest is never reached")]

    @pytest.mark.parametrize("choices", ["    choices: []\n", ""])
    def test_a_dead_end_is_a_mistake(self, tmp_path: Path, choices: str) -> None:
        lines = GOOD.splitlines(keepends=True)
        text = "".join(lines[:25]) + choices + "".join(lines[28:])

        assert (22, "step rest is a dead end") in found_in(tmp_path, text)

    def test_steps_that_go_round_without_a_way_out_are_a_mistake(self, tmp_path: Path) -> None:
        text = GOOD.replace("to: exit.solved}", "to: plug}").replace("zh_TW: 不熱}, to: exit.visit}", "zh_TW: 不熱}, to: rest}")
        text = text.replace("otherwise: exit.visit", "otherwise: rest", 1).replace("otherwise: exit.visit", "otherwise: plug", 1)

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
            "    otherwise: exit.visit\n"
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
