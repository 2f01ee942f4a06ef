// Reads the fields of a form as the JSON that the API takes.
//
// The name of a field is its key; `a.b` is `b` in the object `a`. Its type is that of the control,
// unless `data-type` says otherwise: `number`, `lines` (one text a line), `list` (the checked boxes
// of that name), `time` (a local time), `days` (a time that many days from now), `json`. An empty
// field with `data-empty="null"` is null, one with `data-empty="none"` is left out, one with `data-empty="zero"` is 0, one of
// the type `json` is the JSON in `data-empty`. A checked box
// of the type `clear` empties the field of its name. A `data-rows` element is a list of objects, one for each
// `data-row` in it, or of texts if the fields in it have no names.

/** The object that a form describes. */
export function collect(form) {
  const object = {};
  for (const rows of form.querySelectorAll('[data-rows]')) {
    put(object, rows.dataset.rows, [...rows.querySelectorAll('[data-row]')].map(item));
  }
  for (const input of form.elements) {
    if (!input.name || input.disabled || input.closest('[data-rows]') || input.type === 'file') continue;
    if (input.type === 'radio' && !input.checked) continue;
    if (input.dataset.type === 'list') add(object, input);
    else put(object, input.name, value(input));
  }
  return object;
}

function item(row) {
  const inputs = [...row.querySelectorAll('input, select, textarea')];
  const unnamed = inputs.find((input) => !input.name);
  if (unnamed) return value(unnamed);
  const object = {};
  for (const input of inputs) put(object, input.name, value(input));
  return object;
}

function add(object, { name, value, checked }) {
  object[name] ??= [];
  if (checked) object[name].push(value);
}

function value(input) {
  if (input.dataset.type === 'clear') return input.checked ? '' : undefined;
  if (input.type === 'checkbox') return input.checked;
  const text = input.value.trim();
  if (!text && input.dataset.empty === 'null') return null;
  if (!text && input.dataset.empty === 'none') return undefined;
  if (!text && input.dataset.empty === 'zero') return 0;
  switch (input.dataset.type) {
    case 'number':
      return text === '' ? null : Number(text);
    case 'lines':
      return text.split('\n').map((line) => line.trim()).filter(Boolean);
    case 'time':
      return text && new Date(text).toISOString();
    case 'days':
      return new Date(Date.now() + Number(text) * 86_400_000).toISOString();
    case 'json':
      return JSON.parse(text || input.dataset.empty || 'null');
    default:
      return text;
  }
}

function put(object, name, value) {
  if (value === undefined) return;
  const keys = name.split('.');
  const last = keys.pop();
  const target = keys.reduce((at, key) => (at[key] ??= {}), object);
  target[last] = value;
}
