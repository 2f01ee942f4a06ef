// The two passkey ceremonies: creating one and using one. Options and answers travel as the JSON
// of WebAuthn Level 3; browsers and password managers that do not know it yet are helped along.

import { api, say, show, t } from './page.js';

const decode = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));

const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');

/** Creates a passkey for whoever is signed in. */
export async function register(region) {
  requireSupport();
  const options = await api('GET', '/api/webauthn/register/start');
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON?.(options) ?? {
    ...options,
    challenge: decode(options.challenge),
    user: { ...options.user, id: decode(options.user.id) },
    excludeCredentials: descriptors(options.excludeCredentials),
  };
  const credential = await ceremony(region, 'create', publicKey);
  return api('POST', '/api/webauthn/register/finish', credential);
}

/** Signs in with a passkey. */
export async function signIn(region) {
  const credential = await assertion(region);
  try {
    return await api('POST', '/api/webauthn/login/finish', credential);
  } catch (error) {
    if (error.details?.resource === 'Passkey') signalUnknown(credential.id);
    throw error;
  }
}

/** Shows that whoever is signed in is still there. */
export async function reauthenticate(region) {
  return api('POST', '/api/webauthn/reauthenticate', await assertion(region));
}

/** Tells password managers which passkeys of an account still work, and what it is called (WebAuthn L3 §5.1.10). */
export function signalAccount({ userId, credentials, name, displayName }) {
  const rpId = location.hostname;
  const handle = encode(new TextEncoder().encode(userId));
  const accepted = { rpId, userId: handle, allAcceptedCredentialIds: credentials };
  // What a browser does not know, it need not be told.
  window.PublicKeyCredential?.signalAllAcceptedCredentials?.(accepted).catch(() => {});
  const details = { rpId, userId: handle, name, displayName };
  window.PublicKeyCredential?.signalCurrentUserDetails?.(details).catch(() => {});
}

/** Tells password managers that a passkey is not known here, so that they stop offering it. */
function signalUnknown(credentialId) {
  const unknown = { rpId: location.hostname, credentialId };
  window.PublicKeyCredential?.signalUnknownCredential?.(unknown).catch(() => {});
}

/** Makes a change for which the server may want a passkey that was used lately: then it is used, and the change made. */
export async function confirmed(region, change) {
  try {
    return await change();
  } catch (error) {
    if (error.code !== 'reauthentication_required') throw error;
    await reauthenticate(region);
    return change();
  }
}

/** Tells early that passkeys cannot work here, before anybody clicks in vain. */
export function warnIfUnsupported(region) {
  try {
    requireSupport();
  } catch (error) {
    show(region, error, { focus: false });
  }
}

async function assertion(region) {
  requireSupport();
  const options = await api('GET', '/api/webauthn/login/start');
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON?.(options) ?? {
    ...options,
    challenge: decode(options.challenge),
    allowCredentials: descriptors(options.allowCredentials),
  };
  return ceremony(region, 'get', publicKey);
}

async function ceremony(region, verb, publicKey) {
  say(region, t('passkey.waiting'));
  try {
    const credential = await navigator.credentials[verb]({ publicKey });
    say(region, '');
    return toJson(credential);
  } catch (error) {
    throw new Error(reason(error, verb));
  }
}

const descriptors = (list) => list?.map((one) => ({ ...one, id: decode(one.id) }));

/** Some password managers answer with an object of their own that lacks `toJSON` or fails in it. */
function toJson(credential) {
  try {
    return credential.toJSON();
  } catch {
    const { response } = credential;
    const fields = ['clientDataJSON', 'attestationObject'];
    fields.push('authenticatorData', 'signature', 'userHandle');
    const encoded = fields
      .filter((name) => response[name])
      .map((name) => [name, encode(response[name])]);
    return {
      id: credential.id,
      rawId: encode(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
      clientExtensionResults: credential.getClientExtensionResults?.() ?? {},
      response: {
        ...Object.fromEntries(encoded),
        ...(response.getTransports && { transports: response.getTransports() }),
      },
    };
  }
}

function requireSupport() {
  const { appUrl: url } = document.body.dataset;
  if (url && location.origin !== new URL(url).origin) {
    throw new Error(t('passkey.wrong_site', { origin: location.origin, url }));
  }
  if (!isSecureContext) throw new Error(t('passkey.insecure', { origin: location.origin }));
  if (!window.PublicKeyCredential || !navigator.credentials) {
    throw new Error(t('passkey.unsupported'));
  }
}

/** What an exception of the browser means to the person in front of it. */
function reason(error, verb) {
  switch (error.name) {
    case 'AbortError':
      return t('passkey.aborted');
    case 'ConstraintError':
      return t('passkey.no_verification');
    case 'InvalidStateError':
      return t(verb === 'create' ? 'passkey.already_there' : 'passkey.failed');
    case 'NotAllowedError':
      return verb === 'create'
        ? t('passkey.create_not_allowed')
        : t('passkey.get_not_allowed', { host: location.hostname });
    case 'NotSupportedError':
      return t('passkey.unsupported');
    case 'SecurityError':
      return t('passkey.unsupported');
    default:
      return t('passkey.failed');
  }
}
