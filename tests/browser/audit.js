// Answers a list of sentences, one for each fault of the page as it stands.
(() => {
  const faults = [];
  const all = (css) =>
    [...document.querySelectorAll(css)].filter((e) => e.checkVisibility({ visibilityProperty: true }));
  const name = (e) => `<${e.tagName.toLowerCase()} id="${e.id}" class="${e.className}">`;
  const check = (right, fault) => right || faults.push(fault);

  // Colours on their way to others are not what anybody reads.
  for (const animation of document.getAnimations()) animation.cancel();

  check(/.+ · Pocket ID$/.test(document.title), `title: ${document.title}`);
  check(document.documentElement.lang, 'no language');
  check(all('main').length === 1, 'not one <main>');
  check(all('h1').length === 1, 'not one <h1>');
  const levels = all('h1, h2, h3').map((e) => Number(e.tagName[1]));
  check(levels.every((level, at) => level <= (levels[at - 1] ?? 0) + 1), `headings: ${levels}`);
  check(document.documentElement.scrollWidth <= innerWidth, 'wider than the window');

  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  check(new Set(ids).size === ids.length, `an id is there twice: ${ids}`);
  for (const attribute of ['aria-describedby', 'aria-labelledby', 'for']) {
    for (const e of document.querySelectorAll(`[${attribute}]`)) {
      const missing = e.getAttribute(attribute).split(' ').filter((id) => !ids.includes(id));
      check(!missing.length, `${name(e)} refers to ${missing}`);
    }
  }
  for (const e of all('input, select, textarea')) check(e.labels.length, `${name(e)} has no label`);
  for (const e of all('img')) check(e.hasAttribute('alt'), `${name(e)} has no alt`);
  for (const e of all('button, a')) {
    const text = e.getAttribute('aria-label') ?? e.innerText;
    check(text.trim(), `${name(e)} has no name`);
    // §2.5.3: who speaks to the page says what they see.
    check(text.includes(e.innerText.trim()), `${name(e)} is not called what it shows`);
  }
  for (const e of all('button, a, input, select')) {
    // A click on its label ticks a box, so the label is part of the target.
    const box = e.matches('[type=checkbox]') && (e.closest('label') ?? e.labels[0]);
    const { width, height } = (box || e).getBoundingClientRect();
    check(width >= 44 && height >= 44, `${name(e)} is ${width} x ${height}`);
  }

  const parse = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const ground = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const [r, g, b, alpha = 1] = parse(getComputedStyle(at).backgroundColor);
      if (alpha === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const readable = (e, colour, on, least) => {
    const ratio = contrast(parse(colour).slice(0, 3), on);
    check(ratio >= least, `${name(e)}: contrast ${ratio.toFixed(2)} of ${colour} on ${on}`);
  };
  for (const e of all('body *')) {
    const style = getComputedStyle(e);
    const hasText = [...e.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (hasText || e.value) readable(e, style.color, ground(e), 4.5);
    if (e.matches('input:enabled, select:enabled, textarea:enabled')) readable(e, style.borderColor, ground(e.parentElement), 3);
    if (e.matches('.icon')) readable(e, style.stroke, ground(e), 3);
  }
  return faults;
})();
