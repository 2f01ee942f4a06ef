import { api, find, go, onClick } from './page.js';
import { reauthenticate, signIn, warnIfUnsupported } from './passkey.js';

const { interaction, step } = find('#interaction').dataset;
const path = `/api/oidc/interactions/${encodeURIComponent(interaction)}`;

const ceremonies = { authenticate: signIn, reauthenticate };

/** Says to the server what was chosen, and goes on. One that is gone has a page that says what to do. */
async function answer(choice, body) {
  const { redirectUrl } = await api('POST', `${path}/${choice}`, body).catch((error) => {
    if (error.code === 'not_found') return {};
    throw error;
  });
  // Without an address to go to, this page shows the next step.
  await go(redirectUrl);
}

const complete = () => answer('complete', { step });

onClick(find('#continue'), async (region) => {
  await ceremonies[step]?.(region);
  await complete();
});

onClick(find('#use-another'), async (region) => {
  await signIn(region);
  await complete();
});

onClick(find('#deny'), () => answer('deny', {}));

if (step in ceremonies) warnIfUnsupported(find('[data-region]'));
