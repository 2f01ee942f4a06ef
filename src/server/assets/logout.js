import { api, find, go, onClick } from './page.js';

const button = find('#sign-out');

onClick(button, async () => {
  // Somebody whose session has ended meanwhile is signed out, as they wanted.
  await api('POST', '/api/webauthn/logout').catch((error) => {
    if (error.code !== 'not_signed_in') throw error;
  });
  await go(button.dataset.onward);
});
