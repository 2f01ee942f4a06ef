import { api, attempt, download, find, localTimes, onClick, say, t } from './page.js';
import { confirmed } from './passkey.js';
import { toast } from './settings.js';

const section = find('#backups');
const list = find('#list');

const path = (name) => `/api/backups/${encodeURIComponent(name)}`;

/** A size for people, in the units of 1024 bytes. */
function size(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const power = Math.min(Math.floor(Math.log2(bytes || 1) / 10), units.length - 1);
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  return `${number.format(bytes / 1024 ** power)} ${units[power]}`;
}

function show(backup) {
  const row = find('#backup').content.cloneNode(true);
  find('.name', row).textContent = backup.name;
  find('.badge', row).hidden = !backup.isEncrypted;
  find('.made', row).dateTime = backup.createdAt;
  find('.size', row).textContent = size(backup.size);
  find('.version', row).textContent = backup.programVersion;
  for (const button of row.querySelectorAll('button')) {
    button.setAttribute('aria-label', `${button.innerText || button.textContent}: ${backup.name}`);
  }
  onClick(find('.verify', row), async (region) => {
    await api('POST', `${path(backup.name)}/verify`);
    say(region, t('backups.verified'));
  });
  onClick(find('.download', row), (region) =>
    confirmed(region, () => download(path(backup.name), backup.name)),
  );
  return row;
}

/** When the server verified a backup, which one, and why it failed. */
function verification(verify, last) {
  if (!last) return [t(verify ? 'backups.not_verified' : 'backups.no_verify')];
  const at = document.createElement('time');
  at.dateTime = last.at;
  const text = last.fault ? t('backups.verification_failed') : t('backups.verification_passed');
  const words = [text, last.backup, last.fault].filter(Boolean);
  return [at, ` – ${words.join(' – ')}`];
}

async function load() {
  const { target, schedule, nextAt, keep, verify, lastVerification, backups } = await api(
    'GET',
    '/api/backups',
  );
  find('#target').textContent = target ?? t('backups.no_target');
  find('#schedule').textContent = schedule ?? t('backups.no_schedule');
  find('#keep').textContent = keep ?? t('backups.keep_all');
  const next = document.createElement('time');
  next.dateTime = nextAt ?? '';
  find('#next').replaceChildren(...(nextAt ? [next] : ['–']));
  find('#verification').replaceChildren(...verification(verify, lastVerification));
  find('#create').hidden = !target;
  list.replaceChildren(...backups.map(show));
  find('#none').hidden = backups.length > 0;
  localTimes(section);
}

onClick(find('#create'), async () => {
  await api('POST', '/api/backups');
  toast(t('backups.created'));
  await load();
});

attempt(section, load);
