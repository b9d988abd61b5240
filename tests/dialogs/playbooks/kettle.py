"""Owns a small playbook in order, the lines of which tests spoil."""

from pathlib import Path

from dialogs.playbooks import check

GOOD = """\
schema: 2
id: kettle_cold
version: 1
family: kettle
brands: []
title: {en: Kettle stays cold, zh_CN: 水壶不热, zh_TW: 水壺不熱}
symptoms: {en: [stays cold], zh: [不热]}
codes: {}
gate:
  say: {en: "Any smoke?", zh_CN: 冒烟吗？, zh_TW: 冒煙嗎？}
  choices:
    - {id: none, label: {en: None, zh_CN: 没有, zh_TW: 沒有}, to: plug}
    - {id: smoke, label: {en: Smoke, zh_CN: 有, zh_TW: 有}, to: exit.fire}
first: plug
steps:
  plug:
    say: {en: "Is it plugged in?", zh_CN: 插好了吗？, zh_TW: 插好了嗎？}
    otherwise: exit.visit
    choices:
      - {id: was_in, label: {en: It was, zh_CN: 插好了, zh_TW: 插好了}, to: rest}
      - {id: now_in, label: {en: Now it is, zh_CN: 刚插好, zh_TW: 剛插好}, to: exit.solved}
  rest:
    wait: 10 minutes
    say: {en: "Let it rest. Hot now?", zh_CN: 放一会儿。热了吗？, zh_TW: 放一下。熱了嗎？}
    otherwise: exit.visit
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
