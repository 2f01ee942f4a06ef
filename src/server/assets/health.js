import { api, find, onClick, say, t } from './page.js';

const list = find('#findings');
const examine = find('#examine');

function show({ check, status, finding, mend }) {
  const row = find('#finding').content.cloneNode(true);
  find('li', row).dataset.status = status;
  find('.mark-of', row).textContent = { ok: '✓', warning: '!', problem: '✗' }[status];
  find('.check', row).textContent = check;
  const badge = find('.badge', row);
  badge.textContent = t(`health.${status}`);
  badge.classList.add({ ok: 'good', warning: 'warn', problem: 'bad' }[status]);
  find('.what', row).textContent = finding;
  find('.mend', row).hidden = !mend;
  find('code', row).textContent = mend ?? '';
  return row;
}

onClick(examine, async (region) => {
  const { findings } = await api('GET', '/api/doctor');
  list.replaceChildren(...findings.map(show));
  const bad = findings.filter(({ status }) => status !== 'ok').length;
  say(find('#health'), bad ? t('health.sum', { count: bad }) : t('health.all_ok'));
  list.hidden = false;
  return region;
});
// A link of another site must not make this server ask around.
if ('begin' in examine.dataset) examine.click();
