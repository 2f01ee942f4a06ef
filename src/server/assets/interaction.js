import { api, find, go, onClick } from './page.js';
import { reauthenticate, signIn, warnIfUnsupported } from './passkey.js';

const { interaction, step } = find('#interaction').dataset;
const path = `/api/oidc/interactions/${encodeURIComponent(interaction)}`;

const ceremonies = { authenticate: signIn, reauthenticate };

/** Takes the step; without an address to go to, this page shows the next one. */
async function complete() {
  const { redirectUrl } = await api('POST', `${path}/complete`, { step });
  await go(redirectUrl);
}

onClick(find('#continue'), async (region) => {
  await ceremonies[step]?.(region);
  await complete();
});

onClick(find('#use-another'), async (region) => {
  await signIn(region);
  await complete();
});

onClick(find('#deny'), async () => {
  const { redirectUrl } = await api('POST', `${path}/deny`, {});
  await go(redirectUrl);
});

if (step in ceremonies) warnIfUnsupported(find('[data-region]'));
