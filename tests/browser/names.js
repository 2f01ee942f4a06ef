// Answers a list of sentences, one for each name that breaks the page as it stands.
(() => {
  const faults = [];
  const name = (e) => `<${e.tagName.toLowerCase()} id="${e.id}" class="${e.className}">`;

  // UAX #9: a name that is written from right to left must not reorder what stands beside it.
  const leftwards = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
  const isIsolated = (text) => !leftwards.test(text.replace(/\u2068[^\u2069]*\u2069/g, ''));
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement: parent } = texts.currentNode;
    // What an option says stands alone, and so do initials.
    if (isIsolated(data) || parent.closest('bdi, [dir=auto], option, .tile, .avatar')) continue;
    faults.push(`${name(parent)} does not isolate ${data.trim()}`);
  }
  // Tabs are called what the heading says, and nothing else.
  for (const e of document.querySelectorAll(':is([aria-label], [title], [data-ask], [data-said]):not(.tabs)')) {
    for (const { name: key, value } of e.attributes) {
      if (/^(aria-label|title|data-ask|data-said)$/.test(key) && !isIsolated(value)) {
        faults.push(`${name(e)} does not isolate ${key} ${value}`);
      }
    }
  }

  if (document.documentElement.scrollWidth > innerWidth) faults.push(`${document.documentElement.scrollWidth} wide`);
  for (const e of document.querySelectorAll('body *')) {
    // Tabs are scrolled with a finger, the parts of a picture are no boxes.
    if (!e.checkVisibility() || e.closest('.tabs, svg, .visually-hidden, thead, option')) continue;
    const { right, left } = e.getBoundingClientRect();
    if (e.matches('.skip') || (right <= innerWidth + 0.5 && left >= -0.5)) {
      const scrolls = /auto|scroll/.test(getComputedStyle(e).overflowX);
      if (scrolls && e.scrollWidth > e.clientWidth + 1 && !e.matches('input, textarea, select')) {
        faults.push(`${name(e)} is ${e.clientWidth} wide and its content ${e.scrollWidth}`);
      }
      continue;
    }
    faults.push(`${name(e)} is from ${left} to ${right}`);
  }
  return faults;
})();
