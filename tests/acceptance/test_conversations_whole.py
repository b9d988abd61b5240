def test_x(desk):
    anna = desk.person("anna", phone="+8613812340001")
    desk.machine(anna)
    anna.says("My air conditioner is not cooling at all since yesterday").hears("Which machine")
    anna.taps("KFR-35GW").hears("How bad")
    anna.taps("not work at all").hears("Since when")
    print(anna.screen(), anna.labels())
    desk.people["zhou"].ignores()
