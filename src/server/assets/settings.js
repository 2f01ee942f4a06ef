// What the pages of the settings share. A page says in attributes what a button or a form asks of
// the API, and this script does it:
//   data-send="PUT /api/users/1"  the call; a form sends its fields, a button its `data-body`
//   data-base="/api/users/1"      an object that is read first, of which the fields change a part
//   data-part="customClaims"      the part of the fields that is the body
//   data-ids="users userIds"      the ids in `users` of the base, with the boxes `userIds` that were
//                                 ticked and without those that were unticked (memberships.js)
//   data-ends="userId"            the name of these ids among `memberships`
//   data-without="PATH users userIds 1"  the ids in `users` of that object but for one
//   data-ask, data-ask-text       a question before it, and what the answer "yes" does
//   data-said                     what is said afterwards
//   data-then                     afterwards: "/path/{id}" is the next page, with a value of the
//                                 answer, "show:ID" a dialog that shows the answer; else the page
//                                 is read again

import { api, attempt, clear, fail, find, go, localTimes, say, t, upload } from './page.js';
import { collect } from './fields.js';
import { restore } from './kept.js';
import { allowEnds, bodyWithout, membershipsBody, wrong } from './memberships.js';
import { confirmed } from './passkey.js';

const SAID = 'said';

/** Says something in passing, in a corner of the page. */
export function toast(text) {
  const said = document.createElement('p');
  said.textContent = text;
  find('#toasts').append(said);
  setTimeout(() => said.remove(), 6000);
}

/** Reads the page again and takes over what the server wrote. The focus stays in its place. */
export async function refresh(url = location.href) {
  const response = await fetch(url).catch(() => undefined);
  if (!response) return go(url);
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  const places = [...document.querySelectorAll('[data-refresh]')];
  const counterpart = (place) => find(`[data-refresh="${place.dataset.refresh}"]`, fresh);
  if (!places.every(counterpart)) return go(url);
  for (const place of places) {
    const refocus = keepFocus(place);
    place.replaceChildren(...counterpart(place).childNodes);
    refocus();
  }
  document.dispatchEvent(new Event('refreshed'));
  return localTimes();
}

/** Remembers where in a place the focus is. Answers how it comes back, or to what is next now. */
function keepFocus(place) {
  const stops = () => [...place.querySelectorAll('a[href], button, input, select, textarea')];
  const at = stops().indexOf(document.activeElement);
  return () => {
    const now = stops();
    if (at >= 0) (now[at] ?? now.at(-1) ?? find('#main')).focus();
  };
}

// Calls of the API

async function body(element) {
  const { base, body: fixed, part, ids, without } = element.dataset;
  if (without) return bodyWithout(without);
  if (!element.matches('form')) {
    const change = fixed && JSON.parse(fixed);
    return base ? { ...(await api('GET', base)), ...change } : change;
  }
  // A half-typed number or time has no value, and would count as an empty field.
  const unreadable = [...element.elements].find((input) => input.willValidate && input.validity.badInput);
  if (unreadable) throw wrong(unreadable.name, 'invalid');
  const fields = collect(element);
  if (part) return fields[part];
  if (ids) return membershipsBody(element, fields);
  if (!base) return fields;
  const before = await api('GET', base);
  // The application configuration is a list of its keys.
  if (!Array.isArray(before)) return { ...before, ...fields };
  const texts = (object) => Object.entries(object).map(([key, value]) => [key, textOf(value)]);
  return { ...Object.fromEntries(before.map(({ key, value }) => [key, value])), ...Object.fromEntries(texts(fields)) };
}

const textOf = (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value));

const fill = (text, answer) =>
  text.replace(/\{(\w+)\}/g, (whole, name) => encodeURIComponent(answer[name] ?? whole));

async function send(region, element) {
  const [method, path] = element.dataset.send.split(' ');
  const file = element.matches('form') && find('input[type=file]', element);
  const call = file
    ? () => upload(method, path, file.files[0])
    : async () => api(method, path, await body(element));
  await after(element, await confirmed(region, call));
}

async function after(element, answer) {
  const { said, then } = element.dataset;
  if (then?.startsWith('/')) {
    if (said) sessionStorage.setItem(SAID, said);
    return go(fill(then, answer));
  }
  // First of all, since it gives the focus back to a button that may be gone afterwards.
  (element.closest('dialog') ?? ask).close();
  if (then?.startsWith('show:')) return showAnswer(then.slice(5), answer);
  if (said) toast(said);
  await refresh();
  return undefined;
}

/** Shows the answer of the API in a dialog: whatever has `data-answer` shows that value of it. */
function showAnswer(id, answer) {
  const dialog = document.getElementById(id);
  const value = (path) => path.split('.').reduce((at, key) => at?.[key], answer);
  for (const place of dialog.querySelectorAll('[data-answer]')) {
    place.textContent = (place.dataset.prefix ?? '') + (value(place.dataset.answer) ?? '');
  }
  for (const list of dialog.querySelectorAll('[data-answers]')) {
    list.replaceChildren(...(value(list.dataset.answers) ?? []).map(note));
  }
  for (const part of dialog.querySelectorAll('[data-if]')) part.hidden = !value(part.dataset.if);
  drawQr(dialog);
  const { then } = dialog.dataset;
  const onward = () => (then ? go(fill(then, answer)) : refresh());
  dialog.addEventListener('close', () => (forget(dialog), onward()), { once: true });
  dialog.showModal();
}

/** Takes what was shown once, such as a secret, out of the page. */
function forget(dialog) {
  for (const place of dialog.querySelectorAll('[data-answer]')) place.textContent = '';
  find('[data-qr]', dialog)?.removeAttribute('src');
}

function note(text) {
  const item = document.createElement('li');
  item.textContent = text;
  return item;
}

/** Draws the link in a dialog as a QR code, for a phone beside it. */
async function drawQr(dialog) {
  const image = find('[data-qr]', dialog);
  if (!image) return;
  const { pathname: path } = new URL(find('[data-prefix]', dialog).textContent);
  const { svg } = await api('POST', '/api/qr-code', { path });
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  image.hidden = false;
}

// The question before a call

const ask = find('#ask');
let asked;

function question(element) {
  asked = element;
  find('#ask-title').textContent = element.dataset.ask;
  find('#ask-text').textContent = element.dataset.askText ?? '';
  const confirm = find('#ask-confirm');
  confirm.classList.toggle('danger', element.classList.contains('danger'));
  find('span', confirm).textContent = element.innerText.trim();
  clear(ask);
  ask.showModal();
}

find('#ask-confirm').addEventListener('click', ({ currentTarget }) =>
  attempt(currentTarget, (region) => send(region, asked)),
);

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.dataset.send) return;
  event.preventDefault();
  attempt(event.submitter ?? find('[type=submit]', form), (region) => send(region, form));
});

document.addEventListener('click', ({ target }) => {
  const limit = target.closest('[data-remember-rows]');
  if (limit) remember('rows', limit.dataset.rememberRows);
  const button = target.closest('button[type=button]');
  if (!button) return;
  const { send: call, ask: text, opens, copy, copyText: toCopy } = button.dataset;
  if (call && text) question(button);
  else if (call) attempt(button, (region) => send(region, button));
  else if (opens) open(opens);
  else if (copy) copyText(button, document.getElementById(copy).textContent);
  else if (toCopy) copyText(button, toCopy);
  else if ('close' in button.dataset) button.closest('dialog').close();
  else rows(button);
});

function open(id) {
  const dialog = document.getElementById(id);
  clear(dialog);
  find('form', dialog)?.reset();
  find('[data-found]', dialog)?.replaceChildren();
  dialog.showModal();
}

async function copyText(button, text) {
  await navigator.clipboard.writeText(text);
  const label = find('span', button);
  const before = label.textContent;
  label.textContent = t('copied');
  setTimeout(() => (label.textContent = before), 2000);
}

// Lists whose rows somebody adds and removes

function rows(button) {
  const { form } = button;
  if (button.matches('[data-add-row]')) {
    const list = find(`[data-rows="${button.dataset.addRow}"]`, form);
    list.append(find('template', list).content.cloneNode(true));
    find('input, select', [...list.querySelectorAll('[data-row]')].pop())?.focus();
  } else if (button.matches('[data-remove-row]')) {
    const list = button.closest('[data-rows]');
    button.closest('[data-row]').remove();
    find(`[data-add-row="${list.dataset.rows}"]`, form)?.focus();
  }
}

// Boxes to tick: filtered here, or found by the API

document.addEventListener('input', ({ target }) => {
  if ('filter' in target.dataset) filter(target);
  else if (target.dataset.find) {
    const region = target.closest('[data-region]');
    later(() => findPicks(target).catch((error) => fail(region, error)));
  }
});

/** The search is done already; whatever else is in the form does not happen yet. */
document.addEventListener('keydown', (event) => {
  const { target, key } = event;
  if (key !== 'Enter' || !target.matches('[data-filter], [data-find]')) return;
  event.preventDefault();
  const links = [...target.form.querySelectorAll('li a')].filter((link) => link.checkVisibility());
  if (links.length === 1) links[0].click();
});

function filter({ value, form, dataset }) {
  const wanted = value.trim().toLowerCase();
  for (const label of form.querySelectorAll(dataset.filter || '.picks label')) {
    label.hidden = !label.innerText.toLowerCase().includes(wanted);
  }
}

async function findPicks(input) {
  const { find: path, findName: name } = input.dataset;
  const place = find('[data-found]', input.form);
  const query = new URLSearchParams({ search: input.value, 'pagination[limit]': 10 });
  const { data } = await api('GET', `${path}?${query}`);
  const isPicked = (label) => find('input', label).checked;
  const kept = [...place.querySelectorAll('label')].filter(isPicked);
  const isKept = ({ id }) => kept.some((label) => find('input', label).value === id);
  place.replaceChildren(...kept, ...data.filter((one) => !isKept(one)).map((one) => pick(one, name)));
}

function pick({ id, displayName, username }, name) {
  const label = document.createElement('label');
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', name, value: id });
  box.dataset.type = 'list';
  const text = document.createElement('span');
  const detail = document.createElement('small');
  detail.append(isolated(username));
  text.append(isolated(displayName || username), ' ', detail);
  label.append(box, text);
  return label;
}

/** A name, which cannot reorder the text beside it. */
function isolated(name) {
  const element = document.createElement('bdi');
  element.textContent = name;
  return element;
}

// Search and filters take effect at once

const narrow = find('form[data-search]');
let pause;

/** Waits until somebody has stopped typing. */
function later(action) {
  clearTimeout(pause);
  pause = setTimeout(action, 300);
}

async function narrowed() {
  const query = new URLSearchParams(new FormData(narrow));
  for (const [name, value] of [...query]) if (!value) query.delete(name);
  const url = `${location.pathname}${query.size ? `?${query}` : ''}`;
  history.replaceState(null, '', url);
  await refresh(url);
}

narrow?.addEventListener('input', ({ target }) =>
  target.closest('[data-columns]') ? chooseColumns(target.closest('[data-columns]')) : later(narrowed),
);

narrow?.addEventListener('submit', (event) => {
  event.preventDefault();
  clearTimeout(pause);
  narrowed();
});

// What somebody likes to see is remembered in this browser

function remember(name, value, path = '/settings') {
  document.cookie = `${name}=${value}; path=${path}; max-age=31536000; samesite=lax`;
}

function chooseColumns(choice) {
  const shown = [...choice.querySelectorAll(':checked')].map((box) => box.value);
  remember(`columns-${choice.dataset.columns}`, shown.join('~'));
  return refresh();
}

// A tab and a page of a table are pages of their own. Whoever came there by the keyboard is on the same link again.

const FOLLOWED = 'followed';
const nameOf = (link) => link.firstChild?.textContent;

document.addEventListener('click', ({ target, detail: clicks }) => {
  const link = target.closest('#main a[href]');
  if (!clicks && link?.pathname === location.pathname) sessionStorage.setItem(FOLLOWED, nameOf(link));
});

const followed = sessionStorage.getItem(FOLLOWED);
sessionStorage.removeItem(FOLLOWED);
if (followed) [...document.querySelectorAll('#main a[href]')].find((link) => nameOf(link) === followed)?.focus();

// The frame

const nav = find('#nav');

find('#menu').addEventListener('click', ({ currentTarget }) => {
  const isOpen = nav.classList.toggle('open');
  currentTarget.setAttribute('aria-expanded', isOpen);
});

find('#scheme').addEventListener('click', () => {
  const root = document.documentElement;
  const isDark = root.dataset.scheme
    ? root.dataset.scheme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.scheme = isDark ? 'light' : 'dark';
  remember('scheme', root.dataset.scheme, '/');
});

const said = sessionStorage.getItem(SAID);
if (said) {
  sessionStorage.removeItem(SAID);
  toast(said);
}
localTimes();

// Back from signing in again
for (const form of restore()) {
  const dialog = form.closest('dialog');
  dialog?.showModal();
  say(dialog ?? form.closest('[data-region]'), t('kept'));
  find('[type=submit]', form)?.focus();
}
allowEnds();
