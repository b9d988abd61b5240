"""Owns the demo firm: people, machines, parts and prices of an invented service firm in Hangzhou, so that all can be tried."""

from dataclasses import dataclass
from datetime import date, timedelta

from aftersales.contracts import KINDS, Contract
from aftersales.people import Asset, Part, Person, Role
from storage.unit import Unit

ZONE = "Asia/Shanghai"
LOADED = "demo.loaded"


@dataclass(frozen=True, slots=True)
class _Engineer:
    name: str
    phone: str
    skills: tuple[str, ...]
    level: int
    place: str
    lat: float
    lon: float


ENGINEERS = (
    _Engineer("王伟 Wang Wei", "+8613905710001", ("refrigeration", "electrical"), 3, "西湖区文三路", 30.2796, 120.1293),
    _Engineer("李娜 Li Na", "+8613905710002", ("laundry", "electronics", "electrical"), 2, "拱墅区大关路", 30.3106, 120.1508),
    _Engineer("张强 Zhang Qiang", "+8613905710003", ("gas", "refrigeration"), 2, "滨江区江南大道", 30.2084, 120.2108),
    _Engineer("刘洋 Liu Yang", "+8613905710004", ("machinery", "electrical"), 3, "萧山区市心路", 30.1853, 120.2647),
)
STAFF = (
    ("周敏 Zhou Min", "+8613905710011", Role.DISPATCHER),
    ("何佳 He Jia", "+8613905710012", Role.DISPATCHER),
    ("孙丽 Sun Li", "+8613905710013", Role.SUPERVISOR),
    ("郑涛 Zheng Tao", "+8613905710014", Role.SUPPORT),
    ("吴磊 Wu Lei", "+8613905710015", Role.SALES),
    ("冯霞 Feng Xia", "+8613905710016", Role.PARTS),
)
PARTS = (
    Part("AC-CAP-35", {"en": "Run capacitor 35 µF", "zh_CN": "压缩机电容 35µF", "zh_TW": "壓縮機電容 35µF"}, 4500, "CNY", 14),
    Part("AC-REF-R32", {"en": "Refrigerant R32, 1 kg", "zh_CN": "R32 制冷剂 1kg", "zh_TW": "R32 冷媒 1kg"}, 12000, "CNY", 8),
    Part("AC-FAN-OUT", {"en": "Outdoor fan motor", "zh_CN": "室外风机电机", "zh_TW": "室外機風扇馬達"}, 26000, "CNY", 3),
    Part("AC-PCB-IN", {"en": "Indoor control board", "zh_CN": "室内机主板", "zh_TW": "室內機主機板"}, 38000, "CNY", 2),
    Part("AC-SENS-T", {"en": "Temperature sensor", "zh_CN": "温度传感器", "zh_TW": "溫度感測器"}, 3000, "CNY", 20),
    Part("WM-PUMP-01", {"en": "Drain pump", "zh_CN": "排水泵", "zh_TW": "排水馬達"}, 9800, "CNY", 6),
    Part("WM-HOSE-D", {"en": "Drain hose", "zh_CN": "排水管", "zh_TW": "排水管"}, 2500, "CNY", 11),
    Part("WM-LOCK-01", {"en": "Door lock", "zh_CN": "门锁开关", "zh_TW": "門鎖開關"}, 6800, "CNY", 4),
    Part("WM-PCB-01", {"en": "Control board", "zh_CN": "主控板", "zh_TW": "主控板"}, 32000, "CNY", 1),
)


def load(unit: Unit) -> bool:
    """Put the demo firm into an empty database; False when it is there already."""
    if unit.recall(LOADED):
        return False
    today = unit.now.date()
    people = {name: unit.add_person(name, "zh_CN", ZONE, phone=phone, roles=(role,)) for name, phone, role in STAFF}
    for one in ENGINEERS:
        person = unit.add_person(one.name, "zh_CN", ZONE, phone=one.phone, roles=(Role.ENGINEER,))
        unit.set_engineer(person.id, one.skills, one.level, one.place, one.lat, one.lon)
        people[one.name] = person
    for part in PARTS:
        unit.add_part(part)
    customer = _customers(unit, today, sales_id=people["吴磊 Wu Lei"].id)
    unit.remember("demo.customer", str(customer.id))
    unit.remember("demo.dispatcher", str(people["周敏 Zhou Min"].id))
    unit.remember("demo.engineer", str(people["王伟 Wang Wei"].id))
    unit.remember(LOADED, today.isoformat())
    return True


def _customers(unit: Unit, today: date, sales_id: int) -> Person:
    hotel = unit.add_organisation("杭州云栖酒店管理有限公司", 3, sales_id)
    plant = unit.add_organisation("宁波海川精密机械有限公司", 2, sales_id)
    chen = unit.add_person("陈静 Chen Jing", "zh_CN", ZONE, phone="+8613812340001")
    unit.add_person("林涛 Lin Tao", "zh_CN", ZONE, phone="+8613812340002", organisation_id=hotel)
    unit.add_person("许刚 Xu Gang", "zh_CN", ZONE, phone="+8613812340003", organisation_id=plant)

    def machine(
        serial: str,
        family: str,
        brand: str,
        model: str,
        site: str,
        at: tuple[float, float],
        years: float,
        *,
        owner: int = 0,
        firm: int = 0,
    ) -> None:
        bought = today - timedelta(days=round(365 * (3 - years)))
        until = today + timedelta(days=round(365 * years))
        unit.add_asset(
            Asset(0, serial, family, brand, model, firm or None, owner or None, site, *at, bought.isoformat(), until.isoformat())
        )

    year = timedelta(days=365)
    covered = frozenset({*KINDS, "worn_consumable"})
    unit.add_contract(Contract(0, "HT-2026-0018", hotel, "gold", "", today - year / 2, today + year / 2, covered))
    home, inn, works = (30.2741, 120.1551), (30.2210, 120.1010), (29.8683, 121.5440)
    flat = "杭州市西湖区天目山路 18 号 3 幢 502"
    machine("GR35240518A", "air_conditioner", "格力 Gree", "KFR-35GW", flat, home, 1.5, owner=chen.id)
    machine("LT10220907B", "washing_machine", "小天鹅 LittleSwan", "TG100V88", flat, home, -0.2, owner=chen.id)
    machine("MD72230311C", "air_conditioner", "美的 Midea", "KFR-72LW", "云栖酒店 2 楼餐厅", inn, 0.6, firm=hotel)
    machine("RN16210622D", "water_heater", "林内 Rinnai", "RUS-16", "云栖酒店 锅炉房", inn, -1.1, firm=hotel)
    machine("FN08200115E", "cnc_machine", "发那科 Fanuc", "VMC-850", "海川精密 一车间", works, 0.3, firm=plant)
    machine("AT37190730F", "compressor", "阿特拉斯 Atlas", "GA37", "海川精密 空压站", works, -2.0, firm=plant)
    return chen
