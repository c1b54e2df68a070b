"""PURE: every invented word of the story. No person, firm or street of these names is meant; 示例 and 演示 say so."""

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = ("一", "二", "三", "安", "平", "宁", "和", "顺")
# A character outside the Basic Multilingual Plane (U+2CB64): what breaks where text is counted in UTF-16 units.
RARE_NAME = "示例·李𬭤"

STREETS_ALONG = ("示范路", "演示大道", "样板路", "试行路", "例证路", "假定路", "虚拟大道", "范例路", "比方路", "模拟路")
STREETS_ACROSS = ("演示街", "示范街", "样例街", "试点街", "例行街", "设想街", "拟定街", "图例街", "示意街", "仿真街")
ALLEYS = ("演示巷", "示范里", "样例弄", "试行巷", "图例里", "示意巷")
HAMLETS = ("示范", "演示", "样板", "试行", "例证", "图例", "示意", "模拟")
FIRMS = ("示例便利店", "演示餐馆", "样板五金店", "示例药店", "演示快递点", "示例网吧", "样板旅馆", "示例修车铺", "演示幼儿园",
         "示例加油站", "样板茶厂", "演示物流公司")  # fmt: skip

NOTES_MET = (
    "（演示）家中有人，已宣传防诈骗。", "（演示）介绍了警务室电话和值班时间。", "（演示）提醒出门关闭电源和燃气。",
    "（演示）了解近期出行和居住情况，无异常。", "（演示）老人独居，已留便民联系卡。", "",  "", "",
)  # fmt: skip
NOTES_ENTERPRISE = (
    "（演示）检查消防通道，畅通。", "（演示）监控正常，提醒夜间值守。", "（演示）已告知用工登记事项。", "（演示）灭火器即将到期。", "",
)  # fmt: skip
NOTES_ABSENT = ("（演示）敲门无人应答，已留告知单。", "（演示）邻居称外出务工。", "", "")
HAZARDS = {
    "fire": "（演示）楼道堆放杂物", "gas": "（演示）软管老化", "electricity": "（演示）私拉电线", "ebike_charging": "（演示）电动车入户充电",
    "fraud_exposure": "（演示）近期接到诈骗电话", "water": "（演示）塘边无护栏", "building": "（演示）外墙有裂缝",
}  # fmt: skip
HELP = ("（演示）咨询居住登记办理。", "（演示）反映楼道灯不亮。", "（演示）请求帮助联系社区维修。")
OBSERVATIONS = (
    ("hazard", "（演示）路口井盖松动"), ("order", "（演示）夜市秩序正常"), ("facility", "（演示）路灯损坏两盏"), ("help", "（演示）协助群众推车"),
)  # fmt: skip
DISPUTES = (
    ("neighbour", "（演示）楼上漏水引起的邻里纠纷"), ("neighbour", "（演示）占用楼道堆物争执"), ("debt", "（演示）小额借款逾期未还"),
    ("labour", "（演示）工资结算有争议"), ("land_forest", "（演示）地界树木归属争议"), ("marriage_family", "（演示）家庭赡养分担争执"),
    ("housing", "（演示）租房押金退还争议"), ("property_management", "（演示）物业费与服务质量争议"), ("consumer", "（演示）商品退换争议"),
    ("traffic", "（演示）剐蹭后赔偿争执"), ("contract", "（演示）装修合同工期争议"), ("injury", "（演示）宠物伤人赔偿争议"),
)  # fmt: skip
TERMS = (
    "（演示）双方各退一步，一周内修复并分担费用。",
    "（演示）分三期付清，互不追究。",
    "（演示）恢复原状，口头道歉。",
)
TRANSFERRED_TO = ("演示司法所", "演示人民调解委员会", "演示劳动监察大队")
