import { find, go, onClick } from './page.js';
import { signIn, warnIfUnsupported } from './passkey.js';

const button = find('#sign-in');

onClick(button, async (region) => {
  await signIn(region);
  await go(button.dataset.redirect);
});
warnIfUnsupported(find('[data-region]'));
