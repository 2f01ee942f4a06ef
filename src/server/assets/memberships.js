// What the pages of users and groups send of memberships. The list is read just before, and changed only by what
// somebody ticked or unticked. The ends are sent as they were read: the server refuses one that has passed meanwhile,
// while a list of ids alone would add that user again.

import { ApiError, api, t } from './page.js';

/** An error beside a field. */
export const wrong = (field, code) =>
  new ApiError(400, { error: t('field.invalid'), details: { fields: [{ field, code }] } });

/** The ends in a group (`userId`) or a user (`userGroupId`), as pairs of an id and a time. */
function endsOf({ memberships = [], userGroups = [] }, key) {
  if (key === 'userId') return memberships.map(({ userId, expiresAt }) => [userId, expiresAt]);
  const ending = userGroups.filter((group) => group.membershipExpiresAt);
  return ending.map(({ id, membershipExpiresAt }) => [id, membershipExpiresAt]);
}

const idsOf = (list) => list.map(({ id }) => id);

/** The body of a form with `data-ids`, for fields that were collected from it. */
export async function membershipsBody(form, fields) {
  const { base, ids, ends: key } = form.dataset;
  const [list, name] = ids.split(' ');
  const before = await api('GET', base);
  const boxes = [...form.elements].filter((input) => input.name === name);
  const valuesOf = (checked) =>
    boxes.filter((box) => box.checked === checked && box.defaultChecked !== checked).map((box) => box.value);
  const [ticked, unticked] = [valuesOf(true), valuesOf(false)];
  const all = new Set([...idsOf(before[list]).filter((id) => !unticked.includes(id)), ...ticked]);
  const ends = new Map(endsOf(before, key).filter(([id]) => all.has(id)));
  if (fields.membership) {
    if (!all.has(fields.membership)) throw new Error(t('error.not_found'));
    ends.set(fields.membership, chosenEnd(form, fields));
  } else if (fields.expiresAt) {
    for (const id of ticked) ends.set(id, fields.expiresAt);
  }
  return { [name]: [...all], memberships: [...ends].map(([id, expiresAt]) => ({ [key]: id, expiresAt })) };
}

/** The body for `data-without`: a list of an object but for one id. */
export async function bodyWithout(without) {
  const [path, list, name, id] = without.split(' ');
  const before = await api('GET', path);
  const memberships = before.memberships?.filter(({ userId }) => userId !== id);
  return { [name]: idsOf(before[list]).filter((other) => other !== id), memberships };
}

// The form for the end of one membership: `membership` is a list to choose from, with `data-until`

const chosen = (form) => form.elements.membership.selectedOptions[0].dataset.until;

function chosenEnd(form, { hasNoEnd, expiresAt }) {
  if (hasNoEnd) return null;
  if (!expiresAt) throw wrong('expiresAt', 'required');
  const { value, defaultValue } = form.elements.expiresAt;
  // The field shows local time, which is ambiguous for an hour a year.
  return value === defaultValue ? chosen(form) : expiresAt;
}

/** A time as a `datetime-local` input takes it. */
function localTime(text) {
  const moment = new Date(text);
  return new Date(moment - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function showEnd(form) {
  const until = chosen(form);
  const { expiresAt, hasNoEnd } = form.elements;
  expiresAt.defaultValue = until ? localTime(until) : '';
  expiresAt.value = expiresAt.defaultValue;
  hasNoEnd.defaultChecked = !until;
  hasNoEnd.checked = !until;
  allowEnd(form);
}

function allowEnd({ elements: { expiresAt, hasNoEnd } }) {
  expiresAt.disabled = hasNoEnd.checked;
}

const FORM = 'form[data-end]';
const showEnds = () => document.querySelectorAll(FORM).forEach(showEnd);

document.addEventListener('change', ({ target }) => {
  const form = target.closest(FORM);
  if (form && target.name === 'membership') showEnd(form);
  if (form && target.name === 'hasNoEnd') allowEnd(form);
});
document.addEventListener('refreshed', showEnds);
showEnds();

/** To be called when the fields were set by a script. */
export const allowEnds = () => document.querySelectorAll(FORM).forEach(allowEnd);
