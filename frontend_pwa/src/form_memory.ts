/**
 * SHELL: what is typed stays out of the browser's memory of its tabs. To restore a tab, browsers write the content of its
 * text fields to the disk, in clear and beside the encrypted database, unless a field says `autocomplete="off"`. Drafts of
 * our own survive a crash without it.
 */
const FIELDS = 'input:not([autocomplete]), textarea:not([autocomplete])';

function mark(added: Element): void {
  if (added.matches(FIELDS)) added.setAttribute('autocomplete', 'off');
  for (const field of added.querySelectorAll(FIELDS)) field.setAttribute('autocomplete', 'off');
}

export function keepFieldsOutOfTabs(): void {
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes) if (node instanceof Element) mark(node);
  }).observe(document.body, { childList: true, subtree: true });
}
