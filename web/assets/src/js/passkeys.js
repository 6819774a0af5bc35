// Forms marked data-passkey ask the browser for a passkey before they are sent; the answer goes along as JSON.
// data-passkey="create" makes one, "get" answers with one. data-options: what the desk asks, as JSON.

export function usePasskeys(root) {
  for (const form of root.querySelectorAll('form[data-passkey]')) {
    const isKnown = 'credentials' in navigator && 'PublicKeyCredential' in window;
    if (!isKnown) {
      if (form.dataset.unknown) say(form, form.dataset.unknown);
      continue;
    }
    // A browser makes no passkey for another address than the one it is at, and would not say why.
    if (form.dataset.origin && form.dataset.origin !== location.origin) {
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        say(form, form.dataset.elsewhere);
      });
      continue;
    }
    form.hidden = false;
    form.addEventListener('submit', (event) => {
      if (form.elements.answer.value) return;
      event.preventDefault();
      answer(form);
    });
  }
}

async function answer(form) {
  say(form, '');
  try {
    const publicKey = readOptions(JSON.parse(form.dataset.options));
    const made = await navigator.credentials[form.dataset.passkey]({ publicKey });
    form.elements.answer.value = JSON.stringify(write(made));
    form.submit();
  } catch {
    form.elements.answer.value = '';
    say(form, form.dataset.failed);
  }
}

const say = (form, text) => {
  form.querySelector('[data-said]').textContent = text;
};

function readOptions(options) {
  const list = (name) => options[name]?.map((one) => ({ ...one, id: toBytes(one.id) })) ?? [];
  const read = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) {
    return { ...read, user: { ...options.user, id: toBytes(options.user.id) }, excludeCredentials: list('excludeCredentials') };
  }
  return { ...read, allowCredentials: list('allowCredentials') };
}

function write(made) {
  const response = {};
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (made.response[name]) response[name] = toText(made.response[name]);
  }
  return { id: made.id, rawId: toText(made.rawId), type: made.type, response };
}

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
