import { api, attempt, clear, find, go, onClick, onSubmit, say, t } from './page.js';
import { confirmed, register, signalAccount } from './passkey.js';
import { refresh } from './settings.js';

const passkeys = find('#passkeys');
const sessions = find('#sessions');
const form = find('#account-form');
const dialog = find('#remove-dialog');

const credential = (row) => `/api/webauthn/credentials/${encodeURIComponent(row.dataset.passkey)}`;

/** Makes a change that may want a fresh passkey, which somebody without any cannot use. */
async function change(region, action) {
  if (find('[data-passkey]', passkeys)) return confirmed(region, action);
  return action();
}

// Profile and language

onSubmit(form, async (region) => {
  const value = (name) => form.elements[name].value.trim();
  const locale = find('#locale');
  const profile = {
    username: value('username'),
    firstName: value('firstName'),
    lastName: value('lastName'),
    displayName: value('displayName'),
    email: value('email') || null,
    locale: locale.value || null,
  };
  await change(region, () => api('PUT', '/api/users/me', profile));
  const chosen = find('option[selected]', locale);
  if (locale.value !== chosen.value) await go();
  await refresh();
  say(region, t('profile.saved'));
});

// Passkeys

async function add(region) {
  const { id } = await change(region, () => register(region));
  await refresh();
  // A name of one's own tells it from the next one.
  edit(find(`[data-passkey="${CSS.escape(id)}"]`), true);
  say(region, t('passkey.added'));
}

async function rename(row, region) {
  const name = find('input', row).value.trim();
  const { passkey } = row.dataset;
  await api('PATCH', credential(row), { name });
  await refresh();
  say(region, t('passkey.renamed'));
  find(`[data-passkey="${CSS.escape(passkey)}"] .rename`)?.focus();
}

/** Opens the name of one row to be changed, or closes it again. */
function edit(row, open) {
  clear(passkeys);
  const form = find('.rename-form', row);
  for (const part of row.querySelectorAll('.row-text, .row-actions')) part.hidden = open;
  form.hidden = !open;
  if (open) {
    form.elements.name.select();
  } else {
    form.reset();
    find('.rename', row).focus();
  }
}

function askToRemove(row) {
  dialog.dataset.row = row.dataset.passkey;
  find('#remove-name').textContent = find('strong', row).textContent;
  find('#remove-last').hidden = passkeys.querySelectorAll('[data-passkey]').length > 1;
  find('#remove-others').hidden = !find('#revoke-others');
  find('#remove-sign-out').checked = false;
  clear(dialog);
  dialog.showModal();
}

onClick(find('#remove-confirm'), async (region) => {
  const row = find(`[data-passkey="${CSS.escape(dialog.dataset.row)}"]`);
  await confirmed(region, () => api('DELETE', credential(row)));
  if (find('#remove-sign-out').checked) await api('DELETE', '/api/users/me/sessions');
  dialog.close();
  await refresh();
  say(passkeys, t('passkey.removed'));
  find('#passkeys-title').focus();
});

passkeys.addEventListener('click', ({ target }) => {
  const button = target.closest('button');
  const row = target.closest('[data-passkey]');
  if (button?.id === 'add-passkey') attempt(button, add);
  else if (button?.matches('.rename, .cancel')) edit(row, button.matches('.rename'));
  else if (button?.matches('.remove')) askToRemove(row);
});

passkeys.addEventListener('submit', (event) => {
  const row = event.target.closest('[data-passkey]');
  if (!row) return;
  event.preventDefault();
  attempt(find('.save', row), (region) => rename(row, region));
});

passkeys.addEventListener('keydown', (event) => {
  const row = event.target.closest('.rename-form')?.parentElement;
  if (row && event.key === 'Escape') edit(row, false);
});

// Sessions

sessions?.addEventListener('click', ({ target }) => {
  const others = target.closest('#revoke-others');
  if (others) {
    attempt(others, async (region) => {
      await api('DELETE', '/api/users/me/sessions');
      await refresh();
      say(region, t('session.others_revoked'));
      find('#sessions-title').focus();
    });
  }
  const button = target.closest('.revoke');
  const row = target.closest('[data-session]');
  if (!button) return;
  attempt(button, async (region) => {
    await api('DELETE', `/api/users/me/sessions/${encodeURIComponent(row.dataset.session)}`);
    if ('current' in row.dataset) await go('/login');
    await refresh();
    say(region, t('session.revoked'));
    find('#sessions-title').focus();
  });
});

// Password managers stop offering passkeys that were removed, and show the current name.

const account = find('#account');

function signal() {
  const credentials = [...document.querySelectorAll('[data-credential]')];
  signalAccount({
    ...account.dataset,
    credentials: credentials.map((row) => row.dataset.credential),
    name: form.elements.username.defaultValue,
    displayName: form.elements.displayName.defaultValue,
  });
}

document.addEventListener('refreshed', signal);
signal();
