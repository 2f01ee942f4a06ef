// What every page's script shares: texts, calls of the API, and how a page shows
// that it is busy, that it is done, or that something went wrong.

import { keep } from './kept.js';

const messages = JSON.parse(document.body.dataset.messages);

/** Says a text of the catalogue, with its placeholders filled in. */
export function t(key, values = {}) {
  return (messages[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const find = (selector, root = document) => root.querySelector(selector);

/** A refusal of the API. */
export class ApiError extends Error {
  constructor(status, { error, code, details, request_id: requestId }) {
    super(error ?? `HTTP ${status}`);
    this.code = code ?? (status >= 500 ? 'internal_error' : undefined);
    this.details = details ?? {};
    this.requestId = status >= 500 ? requestId : undefined;
  }
}

/** Calls the API and answers its JSON, or nothing where there is none. */
export async function api(method, path, body) {
  const request = { method, headers: { Accept: 'application/json' } };
  if (body !== undefined) {
    request.headers['Content-Type'] = 'application/json';
    request.body = JSON.stringify(body);
  }
  return call(path, request);
}

/** Sends a file, as a form with one part. */
export async function upload(method, path, file) {
  const body = new FormData();
  if (file) body.append('file', file);
  return call(path, { method, headers: { Accept: 'application/json' }, body });
}

/** Saves a file that the API sends. */
export async function download(path, name) {
  const response = await fetch(path).catch(() => {
    throw new Error(t('error.network'));
  });
  if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => ({})));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function call(path, request) {
  request.signal = AbortSignal.timeout?.(30_000);
  const response = await fetch(path, request).catch(() => {
    throw new Error(t('error.network'));
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, answer);
  return answer;
}

/** Goes to another page, or to this one afresh. The button that led here stays busy while the browser is on its way. */
export function go(url) {
  if (url) location.assign(url);
  else location.reload();
  return new Promise((resolve) => setTimeout(resolve, 10_000));
}

/** Leads whoever is signed in no longer to where one signs in, which says so and leads back here. */
function signInAgain() {
  keep();
  const here = encodeURIComponent(location.pathname + location.search);
  return go(`/login?ended=1&redirect=${here}`);
}

/**
 * Does what a click or a submit asks for: once at a time in its region, busy meanwhile, and
 * with the error shown where it happened. Whatever has `data-always` works at any time.
 */
export async function attempt(control, action) {
  const region = control.closest('[data-region]');
  if (find('.busy', region) && !('always' in control.dataset)) return;
  clear(region);
  control.classList.add('busy');
  control.setAttribute('aria-disabled', 'true');
  try {
    await action(region);
  } catch (error) {
    await fail(region, error);
  } finally {
    control.classList.remove('busy');
    control.removeAttribute('aria-disabled');
  }
}

/** Shows what went wrong, or leads to where one signs in if it is that. */
export async function fail(region, error) {
  if (error.code === 'not_signed_in') return signInAgain();
  say(region, '');
  return show(region, error);
}

export function onClick(control, action) {
  control?.addEventListener('click', () => attempt(control, action));
}

/** Runs an action on submit; its button is the one that is busy. */
export function onSubmit(form, action) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(find('[type=submit]', form), action);
  });
}

/** Says in passing what goes on or has been done. */
export function say(region, text) {
  const status = find('.status', region);
  if (status) status.textContent = text;
}

/** Shows an error in a region: beside the fields it is about, else above the buttons. */
export function show(region, error, { focus = true } = {}) {
  const marked = fieldErrors(error).map(([name, text]) => markField(region, name, text));
  // The first one of the form, in whatever order the server names them.
  const first = [...region.querySelectorAll('input, select, textarea')].find((input) => marked.includes(input));
  if (first) return first.focus();
  const alert = find('.alert[role]', region);
  alert.textContent = sentence(error);
  alert.hidden = false;
  if (focus) alert.focus();
}

/** Takes back what a region says of an earlier attempt. */
export function clear(region) {
  say(region, '');
  for (const alert of region.querySelectorAll('.alert[role]')) alert.hidden = true;
  for (const text of region.querySelectorAll('.field-error')) text.hidden = true;
  for (const input of region.querySelectorAll('[aria-invalid]')) {
    input.removeAttribute('aria-invalid');
  }
}

/** The sentence for a person: ours where there is one, else the server's. */
function sentence(error) {
  if (!(error instanceof ApiError)) return error.message;
  // Whatever it was: it is gone.
  const known = `error.${error.code?.replace(/^.+_(not_found)$/, '$1')}`;
  // The server names the address at which its pages are.
  const url = error.message.match(/https?:\/\/\S+?(?=\.?(\s|$))/)?.[0];
  const text = [known in messages ? t(known, { url }) : error.message];
  const { reason } = error.details;
  if (reason) text.push(t('reason', { reason }));
  if (error.requestId) text.push(t('request_id', { id: error.requestId }));
  return text.join(' ');
}

/** The fields that an error is about, each with what is wrong with it. */
function fieldErrors(error) {
  if (error.code === 'already_in_use') {
    return [[error.details.property, t('error.already_in_use')]];
  }
  const fields = error.details?.fields ?? [];
  // A list of values is one field of the page.
  return fields.map((field) => [field.field.replace(/\[.*/, ''), fieldSentence(field)]);
}

/** The sentence for a field: by what is wrong with it, or by what it has to look like. */
function fieldSentence({ field, code, message }) {
  const key = `field.${code === 'invalid_format' ? field : code}`;
  return t(key in messages ? key : 'field.invalid', { count: message?.match(/\d+/)?.[0] });
}

/** Marks the field of that name as wrong and answers it, if the region shows one. */
function markField(region, name, text) {
  const isNamed = (input) => input.name === name || input.dataset.field === name;
  const shown = (input) => isNamed(input) && !input.closest('[hidden]');
  const input = [...region.querySelectorAll('input, select, textarea')].find(shown);
  const place = input?.getAttribute('aria-describedby').split(' ').pop();
  const element = place && document.getElementById(place);
  if (!element) return undefined;
  input.setAttribute('aria-invalid', 'true');
  input.closest('details')?.setAttribute('open', '');
  element.textContent = text;
  element.hidden = false;
  return input;
}

/** Writes moments in the viewer's own time zone and the page's language. */
export function localTimes(root = document) {
  const { lang } = document.documentElement;
  const day = new Intl.DateTimeFormat(lang, { dateStyle: 'medium' });
  const minute = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' });
  for (const element of root.querySelectorAll('time')) {
    const format = 'day' in element.dataset ? day : minute;
    element.textContent = format.format(new Date(element.dateTime));
  }
}

// A page that the browser kept aside still shows what was true when it was left.
addEventListener('pageshow', (event) => event.persisted && location.reload());
