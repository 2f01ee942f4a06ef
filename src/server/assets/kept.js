// What somebody typed into a page of the settings while their session ended waits in this tab until they
// are back on it, and is for nobody else. Passwords and files do not wait.

const KEPT = 'kept';

const here = () => location.pathname + location.search;
const person = () => document.querySelector('[data-person]')?.dataset.person;
const keyOf = (form) => `${form.getAttribute('id') ?? ''} ${form.dataset.send ?? ''}`.trim();
const formsOf = () => [...document.forms].filter(keyOf);

const controlsOf = (form) =>
  [...form.elements].filter(({ name, type }) => name && !/^(hidden|password|file|search)$/.test(type));

const stateOf = ({ type, checked, value }) => (/checkbox|radio/.test(type) ? checked : value);

/** Of boxes that list what there is, such as memberships, only those that somebody changed: others may change meanwhile. */
const keptState = (control) => (control.dataset.type === 'list' && !isChanged(control) ? null : stateOf(control));

function isChanged({ type, checked, defaultChecked, value, defaultValue, options }) {
  if (options) return [...options].some((option) => option.selected !== option.defaultSelected);
  return /checkbox|radio/.test(type) ? checked !== defaultChecked : value !== defaultValue;
}

const rowsOf = (list) => [...list.querySelectorAll('[data-row]')];
const listsOf = (form) => [...form.querySelectorAll('[data-rows]')];

/** Keeps the forms that somebody has changed. */
export function keep() {
  const changed = formsOf().filter((form) => controlsOf(form).some(isChanged));
  if (!person() || !changed.length) return;
  const forms = changed.map((form) => ({
    key: keyOf(form),
    rows: listsOf(form).map((list) => rowsOf(list).length),
    states: controlsOf(form).map(keptState),
  }));
  sessionStorage.setItem(KEPT, JSON.stringify({ here: here(), person: person(), forms }));
}

/** Puts back what was kept for this page and this person. Answers the forms that it is in. */
export function restore() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  sessionStorage.removeItem(KEPT);
  if (kept?.here !== here() || kept.person !== person()) return [];
  return kept.forms.map(restoreForm).filter(Boolean);
}

function restoreForm({ key, rows, states }) {
  const form = formsOf().find((other) => keyOf(other) === key);
  if (!form) return undefined;
  listsOf(form).forEach((list, at) => restoreRows(list, rows[at]));
  controlsOf(form).forEach((control, at) => {
    if (states[at] === undefined || states[at] === null) return;
    control[typeof states[at] === 'boolean' ? 'checked' : 'value'] = states[at];
  });
  return form;
}

function restoreRows(list, count) {
  for (const row of rowsOf(list).slice(count)) row.remove();
  while (rowsOf(list).length < count) {
    list.append(list.querySelector('template').content.cloneNode(true));
  }
}
