import { api, attempt, find, onClick } from './page.js';
import { reauthenticate, warnIfUnsupported } from './passkey.js';

const question = find('#question');
const { code } = question.dataset;

/** Tells the server, and then the person, who may turn back to the device. */
async function decide(decision, outcome) {
  await api('POST', '/api/device-login/verification/decision', { code, decision });
  question.hidden = true;
  outcome.hidden = false;
  find('h1', outcome).focus();
}

onClick(find('#allow'), async (region) => {
  await reauthenticate(region);
  await decide('approve', find('#allowed'));
});

onClick(find('#deny'), () => decide('deny', find('#denied')));

// Where the request came from helps to tell one's own from a stranger's.
attempt(find('#allow'), async () => {
  const asked = await api('POST', '/api/device-login/verification', { code });
  find('#device').textContent = asked.device;
  const place = [asked.city, asked.country].filter(Boolean).join(', ');
  find('#address').textContent = place ? `${asked.ipAddress} (${place})` : asked.ipAddress;
  find('#origin').hidden = false;
  find('#allow').disabled = false;
});
warnIfUnsupported(question);
