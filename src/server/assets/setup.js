import { api, find, go, onClick, onSubmit } from './page.js';
import { register, warnIfUnsupported } from './passkey.js';

const form = find('#setup-form');
const [account, passkey] = [find('#setup-account'), find('#setup-passkey')];

onSubmit(form, async () => {
  const value = (name) => form.elements[name].value.trim();
  await api('POST', form.dataset.endpoint, {
    token: form.dataset.token,
    setupCode: form.elements.setupCode?.value.trim(),
    username: value('username'),
    email: value('email') || null,
    displayName: value('displayName'),
  });
  account.hidden = true;
  passkey.hidden = false;
  find('h1', passkey).focus();
});

const create = find('#create-passkey');
onClick(create, async (region) => {
  await register(region);
  await go(create.dataset.redirect);
});

// Both steps say it: whoever cannot make a passkey here should know before making an account.
warnIfUnsupported(account);
warnIfUnsupported(passkey);
