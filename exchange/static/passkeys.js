// Passkeys: forms with data-passkey ask the browser for one and send its answer. Without scripts they stay hidden.
"use strict";

const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const textOf = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

// The server's JSON has bytes as base64url, and the browser wants buffers.
const madeReady = (options) => {
  options.challenge = bytesOf(options.challenge);
  if (options.user) options.user.id = bytesOf(options.user.id);
  for (const one of [...(options.excludeCredentials || []), ...(options.allowCredentials || [])]) one.id = bytesOf(one.id);
  return options;
};

const answerOf = (made) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = textOf(made.response[name]);
  }
  return JSON.stringify({ id: made.id, rawId: textOf(made.rawId), type: made.type, response, clientExtensionResults: {} });
};

const asked = async (form) => {
  const body = new FormData();
  body.set("csrf_token", form.querySelector("[name=csrf_token]").value);
  const answer = await fetch(form.dataset.options, { method: "POST", body });
  if (!answer.ok) throw new Error("no options");
  const publicKey = madeReady(await answer.json());
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey })
    : navigator.credentials.get({ publicKey });
};

for (const form of window.PublicKeyCredential ? document.querySelectorAll("form[data-passkey]") : []) {
  const failed = form.querySelector("[data-passkey-failed]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      form.querySelector("[name=passkey]").value = answerOf(await asked(form));
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
if (window.PublicKeyCredential) {
  for (const one of document.querySelectorAll("[data-passkey-missing]")) one.hidden = true;
}
