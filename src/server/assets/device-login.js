import { api, find, go, onClick, say, t } from './page.js';

const request = find('#request');
const begin = find('#begin');

/** Asks for a code, shows it, and waits until somebody lets this device in. */
async function ask(region) {
  const made = await api('POST', '/api/device-login/requests');
  const { pathname, search } = new URL(made.verificationUriComplete);
  const { svg } = await api('POST', '/api/qr-code', { path: pathname + search });
  const qr = find('#qr');
  qr.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  qr.hidden = false;
  find('#verification').textContent = made.verificationUri.replace(/^https?:\/\//, '');
  find('#user-code').textContent = made.userCode.replace(/^(.{4})(.+)$/, '$1-$2');
  request.hidden = false;
  say(region, t('device_login.waiting'));
  try {
    await wait(made);
  } finally {
    request.hidden = true;
  }
}

/** The server answers when somebody has decided, or after a while. */
async function wait({ id, interval }) {
  for (;;) {
    const user = await api('POST', `/api/device-login/requests/${encodeURIComponent(id)}/exchange`);
    if (user.id) return go(request.dataset.redirect);
    await new Promise((resolve) => setTimeout(resolve, interval * 1000));
  }
}

onClick(begin, ask);
// A link of another site must not use up what this network may ask for.
if ('begin' in begin.dataset) begin.click();
