import { api, find, onClick } from './page.js';
import { confirmed, reauthenticate, warnIfUnsupported } from './passkey.js';

const question = find('#device-question');
const { code, passkey } = question.dataset;
const needsPasskey = passkey !== undefined;

/** Tells the server, and then the person, who may turn back to the device. */
async function answer(verb, outcome) {
  await api('POST', `/api/oidc/device/${verb}?code=${encodeURIComponent(code)}`);
  question.hidden = true;
  outcome.hidden = false;
  find('h1', outcome).focus();
}

onClick(find('#allow'), async (region) => {
  if (needsPasskey) await reauthenticate(region);
  await confirmed(region, () => answer('verify', find('#device-allowed')));
});

onClick(find('#deny'), () => answer('deny', find('#device-denied')));

if (needsPasskey) warnIfUnsupported(question);
