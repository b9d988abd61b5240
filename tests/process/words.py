"""Owns what people of each language write, tap and hear on the walk, written out: not taken from the catalogues."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """
    The walk in one language; *language_code* is what the Telegram app says of its owner.

    Names that begin with *asks_* or *tells_* are heard, *says_* written, *symptom* is what the playbook knows the fault by, the
    others are labels of buttons.
    """

    language_code: str
    locale: str
    customer: str
    dispatcher: str
    engineer: str
    tells_welcome: str
    tells_joined: str
    says_fault: str
    symptom: str
    asks_phone: str
    share_phone: str
    asks_site: str
    share_place: str
    asks_review: str
    add_code: str
    asks_code: str
    no_code: str
    add_photos: str
    asks_photos: str
    tells_two_photos: str
    photos_done: str
    add_tried: str
    asks_tried: str
    nothing_tried: str
    add_wished: str
    asks_wished: str
    asap: str
    change: str
    asks_what: str
    change_model: str
    asks_model: str
    skip: str
    change_extent: str
    asks_extent: str
    extent: str
    change_since: str
    asks_since: str
    since: str
    change_contact: str
    asks_contact: str
    its_me: str
    send: str
    tells_opened: str
    none_of_these: str
    remote_blank: str
    still_nothing: str
    tells_cause: str
    assign: str
    accept: str
    tells_assigned: str
    set_time: str
    asks_time: str
    says_time: str
    tells_scheduled: str
    tells_agreed: str
    depart: str
    tells_en_route: str
    arrive: str
    tells_arrived: str
    write_finding: str
    asks_finding: str
    says_finding: str
    tells_found: str
    work_done: str
    asks_work: str
    says_work: str
    tells_repaired: str
    sign_off: str
    tells_signed_off: str
    solved: str
    very_good: str
    asks_word: str
    says_word: str
    tells_thanks: str
    tells_done_well: str


ENGLISH = Words(
    language_code="en",
    locale="en",
    customer="Anna",
    dispatcher="Dora",
    engineer="Emil",
    tells_welcome="Tell me what is broken",
    tells_joined="You are now our",
    says_fault="My air conditioner is not cooling at all since yesterday",
    symptom="not cooling",
    asks_phone="On which number can we reach you?",
    share_phone="Share my number",
    asks_site="Where does the machine stand?",
    share_place="Share my location",
    asks_review="Is this right?",
    add_code="Alarm or code",
    asks_code="alarm or a code",
    no_code="No code shown",
    add_photos="Photos",
    asks_photos="A photo of the machine",
    tells_two_photos="Got 2 photos",
    photos_done="Done",
    add_tried="Tried before",
    asks_tried="tried anything already",
    nothing_tried="Nothing yet",
    add_wished="Wished time",
    asks_wished="When would a visit suit you",
    asap="As soon as possible",
    change="Change or add",
    asks_what="What shall we change or add?",
    change_model="Brand and model",
    asks_model="Which brand and model?",
    skip="Skip",
    change_extent="How bad",
    asks_extent="How bad is it?",
    extent="It does not work at all",
    change_since="Since",
    asks_since="Since when",
    since="Yesterday",
    change_contact="Contact",
    asks_contact="Whom may our engineer ask for?",
    its_me="It's me, Anna",
    send="Send report",
    tells_opened="Your report has the number",
    none_of_these="None of these",
    remote_blank="The remote shows nothing",
    still_nothing="Still nothing",
    tells_cause="The remote control or its receiver in the indoor unit does not work.",
    assign="Assign Emil",
    accept="Accept",
    tells_assigned="Emil will take care of it",
    set_time="Set a time",
    asks_time="when will you be there?",
    says_time="tomorrow 9-11",
    tells_scheduled="Emil comes tomorrow 9:00–11:00",
    tells_agreed="visit agreed",
    depart="On my way",
    tells_en_route="Emil is on the way to you",
    arrive="I have arrived",
    tells_arrived="Emil has arrived",
    write_finding="Write the finding",
    asks_finding="what did you find?",
    says_finding="The receiver board is dead",
    tells_found="Emil has found the cause: The receiver board is dead",
    work_done="Work done",
    asks_work="what was done?",
    says_work="Changed the receiver board and tried it",
    tells_repaired="Changed the receiver board and tried it",
    sign_off="It works, sign off",
    tells_signed_off="is signed off. Thank you.",
    solved="Yes, solved",
    very_good="Very good",
    asks_word="Would you like to add a word?",
    says_word="Quick and friendly",
    tells_thanks="All the best until next time.",
    tells_done_well="the customer has signed off. Well done.",
)

SIMPLIFIED = Words(
    language_code="zh-hans",
    locale="zh_CN",
    customer="陈静",
    dispatcher="周敏",
    engineer="王伟",
    tells_welcome="售后服务",
    tells_joined="您现在的身份是",
    says_fault="空调从昨天开始完全不制冷",
    symptom="不制冷",
    asks_phone="打哪个电话能联系到您？",
    share_phone="发送我的号码",
    asks_site="机器在哪里？",
    share_place="发送我的位置",
    asks_review="请您核对一下",
    add_code="报警或代码",
    asks_code="屏幕上有报警或代码吗？",
    no_code="没有代码",
    add_photos="照片",
    asks_photos="请拍一下机器",
    tells_two_photos="已收到2张照片",
    photos_done="完成",
    add_tried="试过的办法",
    asks_tried="您已经试过什么办法吗？",
    nothing_tried="还没试过",
    add_wished="期望时间",
    asks_wished="您什么时候方便？",
    asap="尽快",
    change="修改或补充",
    asks_what="要修改或补充哪一项？",
    change_model="品牌型号",
    asks_model="什么品牌和型号？",
    skip="跳过",
    change_extent="严重程度",
    asks_extent="现在坏到什么程度？",
    extent="完全不能用",
    change_since="出现时间",
    asks_since="从什么时候开始的？",
    since="昨天",
    change_contact="联系人",
    asks_contact="工程师上门找哪位？",
    its_me="就是我，陈静",
    send="提交报修",
    tells_opened="您的报修单号是",
    none_of_these="都没有",
    remote_blank="遥控器没有显示",
    still_nothing="还是没有",
    tells_cause="遥控器或内机的接收部分失灵。",
    assign="派给王伟",
    accept="接单",
    tells_assigned="由工程师王伟负责",
    set_time="约上门时间",
    asks_time="您什么时候到？",
    says_time="明天上午9点到11点",
    tells_scheduled="王伟明天 9:00–11:00上门",
    tells_agreed="已约上门时间",
    depart="我已出发",
    tells_en_route="工程师王伟已出发",
    arrive="我已到达",
    tells_arrived="工程师王伟已到达",
    write_finding="填写诊断",
    asks_finding="查出什么问题？",
    says_finding="接收板坏了",
    tells_found="工程师王伟查到原因了：接收板坏了",
    work_done="完工",
    asks_work="做了哪些维修？",
    says_work="更换接收板，试机正常",
    tells_repaired="更换接收板，试机正常",
    sign_off="修好了，签收",
    tells_signed_off="已签收，谢谢您。",
    solved="已解决",
    very_good="很好",
    asks_word="还有什么想说的吗？",
    says_word="又快又热情",
    tells_thanks="谢谢您，祝您一切顺利。",
    tells_done_well="客户已签收，辛苦了。",
)

TRADITIONAL = Words(
    language_code="zh-hant",
    locale="zh_TW",
    customer="陳靜",
    dispatcher="周敏慧",
    engineer="王志偉",
    tells_welcome="服務中心",
    tells_joined="您在這裡的身分是",
    says_fault="冷氣從昨天開始完全不冷",
    symptom="不冷",
    asks_phone="我們打哪支電話可以聯絡到您？",
    share_phone="分享我的電話",
    asks_site="機器放在哪裡？",
    share_place="分享我的位置",
    asks_review="這樣正確嗎？",
    add_code="警示代碼",
    asks_code="螢幕上有顯示警示或代碼嗎？",
    no_code="沒有代碼",
    add_photos="照片",
    asks_photos="機器或銘牌的照片很有幫助",
    tells_two_photos="收到 2 張照片",
    photos_done="完成",
    add_tried="試過的方法",
    asks_tried="您試過什麼方法嗎？",
    nothing_tried="還沒試過",
    add_wished="希望時間",
    asks_wished="您什麼時間方便？",
    asap="越快越好",
    change="修改或補充",
    asks_what="要修改或補充哪一項？",
    change_model="品牌型號",
    asks_model="是什麼品牌和型號？",
    skip="略過",
    change_extent="嚴重程度",
    asks_extent="情況有多嚴重？",
    extent="完全不能用",
    change_since="開始時間",
    asks_since="什麼時候開始的？",
    since="昨天",
    change_contact="聯絡人",
    asks_contact="工程師要找哪一位聯絡？",
    its_me="就是我，陳靜",
    send="送出報修",
    tells_opened="已收到您的報修，編號",
    none_of_these="都沒有",
    remote_blank="遙控器沒有顯示",
    still_nothing="還是沒有",
    tells_cause="遙控器或室內機的接收部分故障。",
    assign="派工 王志偉",
    accept="接單",
    tells_assigned="由王志偉為您服務",
    set_time="約定時間",
    asks_time="您什麼時候到？",
    says_time="明天上午9點到11點",
    tells_scheduled="王志偉會在明天 9:00–11:00 到府服務",
    tells_agreed="已約好時間",
    depart="我出發了",
    tells_en_route="王志偉已出發",
    arrive="我到了",
    tells_arrived="王志偉已到達",
    write_finding="填檢查結果",
    asks_finding="檢查結果如何？",
    says_finding="接收板壞了",
    tells_found="王志偉已找到原因：接收板壞了",
    work_done="完工",
    asks_work="做了哪些處理？",
    says_work="更換接收板，測試正常",
    tells_repaired="更換接收板，測試正常",
    sign_off="修好了，簽收",
    tells_signed_off="已簽收，謝謝您。",
    solved="解決了",
    very_good="很好",
    asks_word="還想補充什麼嗎？",
    says_word="又快又親切",
    tells_thanks="謝謝您，祝您一切順心。",
    tells_done_well="客戶已簽收，辛苦了。",
)

LANGUAGES = (ENGLISH, SIMPLIFIED, TRADITIONAL)
