import { find, go, onClick } from './page.js';
import { register, warnIfUnsupported } from './passkey.js';

const create = find('#create-passkey');

onClick(create, async (region) => {
  await register(region);
  await go(create.dataset.redirect);
});
warnIfUnsupported(find('[data-region]'));
