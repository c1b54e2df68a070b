/** PURE: the words around the help pages in Chinese; the pages themselves are in help_pages.ts. */

export const help = {
  'help.title': '帮助',
  'help.open': '这一页的帮助',
  'help.of': '帮助：{screen}',
  'help.for': '这一页做什么',
  'help.marks': '看到的是什么意思',
  'help.wrong': '不对劲时怎么办',
  'help.all': '全部帮助',
  'help.index': '每个页面右上角的“?”打开那一页的帮助。没有网络也能看。',
};
