import { api, find, onClick } from './page.js';

onClick(find('#sign-out'), async () => {
  await api('POST', '/api/webauthn/logout');
  find('#signed-in').hidden = true;
  find('#signed-out').hidden = false;
  find('#signed-out h1').focus();
});
