/** PURE: the texts of Today in Chinese. */

export const today = {
  'today.hello': '{name}，辛苦了',
  'today.log_visit': '记走访',
  'today.log_visit_hint': '选户 → 点结果 → 保存',
  'today.visits_today': '今日走访',
  'today.due': '应访',
  'today.due_near': '附近应访',
  'today.due_all': '全部应访',
  'today.due_none': '没有到期的户和企业。',
  'today.due_none_hint': '可在“附近”或“搜索”里选任意一户走访。',
  'today.no_doors': '本机还没有户和企业的数据。',
  'today.no_doors_hint': '联网后会自动取得；也可先查看待上传记录。',
  'today.disputes': '我的纠纷',
  'today.disputes_none': '没有待办的纠纷。',
  'today.disputes_all': '全部纠纷',
  'today.drafts': '未完成的走访',
  'today.draft_resume': '继续填写',
  'today.draft_drop': '放弃',
  'today.visits_list': '今日已走访',
  'today.pending': '待上传',
};
