import { api, find, onSubmit } from './page.js';

const form = find('#email-form');

onSubmit(form, async () => {
  const { email } = form.elements;
  const redirectPath = form.dataset.redirect || undefined;
  await api('POST', '/api/one-time-access-email', { email: email.value.trim(), redirectPath });
  form.hidden = true;
  find('#lead').hidden = true;
  const sent = find('#sent');
  sent.hidden = false;
  sent.focus();
});
