import { api, find, onSubmit } from './page.js';

const form = find('#verify-form');

onSubmit(form, async () => {
  await api('POST', '/api/users/me/verify-email', { token: form.dataset.token });
  form.hidden = true;
  const verified = find('#verified');
  verified.hidden = false;
  verified.focus();
});
