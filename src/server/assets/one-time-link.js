import { ApiError, api, find, go, onSubmit, t } from './page.js';

const form = find('#one-time-form');

onSubmit(form, async () => {
  const code = form.elements.code.value.trim();
  if (!code) throw missing('code');
  await api('POST', `/api/one-time-access-token/${encodeURIComponent(code)}`);
  await go(form.dataset.redirect);
});

/** The same refusal that the server would give for an empty field. */
function missing(field) {
  return new ApiError(400, { error: t('field.required'), details: { fields: [{ field, code: 'required' }] } });
}
