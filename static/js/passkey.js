// Passkeys: the one step that only a script can do. The page holds what is asked for, the form takes the answer.
export function start(page) {
  for (const form of page.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue; // the note about codes stays
    const button = form.querySelector("[data-passkey-start]");
    button.hidden = false;
    form.querySelector("[data-passkey-without]").hidden = true;
    button.addEventListener("click", () => ask(form));
    ask(form);
  }
}

async function ask(form) {
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  const asked = { publicKey: readable(JSON.parse(form.dataset.options)) };
  try {
    const made = await (form.dataset.passkey === "create" ? navigator.credentials.create(asked) : navigator.credentials.get(asked));
    form.elements.credential.value = JSON.stringify(written(made));
    form.requestSubmit ? form.requestSubmit() : form.submit();
  } catch {
    failed.hidden = false;
  }
}

// What the page holds in base64url, as the browser wants it.
function readable(options) {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    for (const one of list ?? []) one.id = bytes(one.id);
  }
  return options;
}

function written(made) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = text(made.response[name]);
  }
  if (made.response.getTransports) response.transports = made.response.getTransports();
  return {
    id: made.id, rawId: text(made.rawId), type: made.type, response,
    clientExtensionResults: made.getClientExtensionResults(), extensions: null,
  };
}

function bytes(words) {
  return Uint8Array.from(atob(words.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const letters = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
