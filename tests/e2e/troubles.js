// What a person who sees little or has no mouse would miss on the screen as it stands, in words; read by test_accessibility.py.
() => {
  const said = [];
  const name = (element) => `${element.tagName.toLowerCase()} ${element.dataset.testid ?? ''} ${element.className}`
    + ` "${(element.textContent || element.getAttribute('aria-label') || '').trim().slice(0, 30)}"`;
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.visually-hidden');
  for (const element of document.querySelectorAll('a[href], button, input, select, textarea')) {
    if (!seen(element) || element.disabled || element.closest('.maplibregl-map, .skip')) continue;
    if (element.tabIndex < 0) said.push(`no key leads to ${name(element)}`);
    element.focus({ focusVisible: true, preventScroll: true });
    const marked = [element, element.closest('label')].some(
      (one) => one && getComputedStyle(one).outlineStyle !== 'none' && parseFloat(getComputedStyle(one).outlineWidth) > 0);
    if (document.activeElement === element && !marked) said.push(`focus is not seen on ${name(element)}`);
  }
  document.activeElement?.blur();
  // At a desk a browser's zoom makes the layout of a phone out of it; on a phone there is no other than this.
  if (innerWidth > 500) return [...new Set(said)];
  document.documentElement.style.fontSize = '200%';
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) said.push(`200 %: scrolls sideways, ${page.scrollWidth} px`);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const element = text.parentElement;
    if (!text.data.trim() || !seen(element) || element.closest('.skip, svg, option, .maplibregl-map')) continue;
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    if (box.width === 0) continue;
    for (let around = element; around && around !== document.body; around = around.parentElement) {
      const style = getComputedStyle(around);
      if (/auto|scroll/.test(style.overflowX)) break;
      const frame = around.getBoundingClientRect();
      const cut = style.overflowX !== 'visible' && (box.right > frame.right + 2 || box.left < frame.left - 2);
      const cutBelow = style.overflowY !== 'visible' && style.webkitLineClamp === 'none' && box.bottom > frame.bottom + 2;
      if (cut || (cutBelow && !/auto|scroll/.test(style.overflowY))) { said.push(`200 %: cut: ${name(element)}`); break; }
      if (around === element.closest('main, nav') && box.right > innerWidth + 2) {
        said.push(`200 %: beside the screen: ${name(element)}`);
      }
    }
  }
  document.documentElement.style.fontSize = '';
  return [...new Set(said)];
}
