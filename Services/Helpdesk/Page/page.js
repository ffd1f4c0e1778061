"use strict";

// The token stands behind "#", where it is sent to nobody; it leaves the address bar, and with it the history, at once.
const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

const element = (id) => document.getElementById(id);
const word = (name) => document.querySelector(`#words [data-word="${CSS.escape(name)}"]`)?.textContent ?? "";
const form = element("form");
const password = element("password");
const again = element("again");
let policy = null;
let isSending = false;

async function ask(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    referrerPolicy: "no-referrer",
  });
  return { status: response.status, body: await response.json() };
}

// What the policy counts: Unicode scalars after NFC, and kinds of characters.
function kinds(text) {
  const found = new Set();
  for (const character of text.normalize("NFC")) {
    if (/\p{Uppercase}/u.test(character)) found.add("upper");
    else if (/\p{Lowercase}/u.test(character)) found.add("lower");
    else if (/\p{Nd}/u.test(character)) found.add("digit");
    else found.add("other");
  }
  return found.size;
}

function rules() {
  const text = password.value;
  const length = Array.from(text.normalize("NFC")).length;
  return {
    minimum: length >= policy.minimumLength,
    maximum: length > 0 && length <= policy.maximumLength,
    classes: policy.minimumClasses === 0 || kinds(text) >= policy.minimumClasses,
    same: text !== "" && text === again.value,
  };
}

function showRules() {
  const met = rules();
  for (const [name, isMet] of Object.entries(met)) {
    const line = element(`rule-${name}`);
    if (line.hidden) continue;
    line.classList.toggle("met", isMet);
    line.querySelector(".unseen").textContent = word(isMet ? "met" : "unmet");
  }
  return Object.values(met).every((isMet) => isMet);
}

function showPolicy() {
  const numbers = { minimum: policy.minimumLength, maximum: policy.maximumLength, classes: policy.minimumClasses };
  for (const [name, number] of Object.entries(numbers)) {
    element(`rule-${name}`).querySelector("[data-number]").textContent = String(number);
  }
  element("rule-classes").hidden = policy.minimumClasses < 2;
}

// The end of the page: the form goes, one sentence stays, and the reader is taken to it.
function finish(name, isBad) {
  form.hidden = true;
  password.value = "";
  again.value = "";
  const state = element("state");
  state.textContent = word(name);
  state.classList.toggle("bad", isBad);
  element("title").focus();
}

function complain(text) {
  const error = element("error");
  // Emptied first, so that the same sentence is read out again.
  error.textContent = "";
  setTimeout(() => { error.textContent = text; }, 20);
  password.setAttribute("aria-invalid", "true");
  password.focus();
}

function refuse(answer) {
  switch (answer.status) {
    case 404: case 400: return finish("invalid", true);
    case 403: return finish("refused", true);
    case 422: {
      const reasons = (answer.body.problems ?? []).map(word).filter((reason) => reason !== "");
      return complain([word("failed"), ...reasons].join(" "));
    }
    case 429: return complain(word("many"));
    default: return complain(word("later"));
  }
}

function settle(answer) {
  if (answer.status !== 200) return refuse(answer);
  switch (answer.body.outcome) {
    case "done": return finish("done", false);
    case "unknown": return finish("unknown", true);
    default: return complain(`${word("failed")} ${answer.body.message ?? ""}`);
  }
}

async function send(event) {
  event.preventDefault();
  if (isSending) return;
  if (!showRules()) return complain(word("fix"));
  isSending = true;
  element("send").disabled = true;
  element("error").textContent = "";
  password.removeAttribute("aria-invalid");
  element("state").textContent = word("sending");
  try {
    settle(await ask("/v1/secure-links/redemption", { token, password: password.value }));
  } catch {
    complain(word("later"));
  }
  isSending = false;
  element("send").disabled = false;
  if (!form.hidden) element("state").textContent = word("ready");
}

async function start() {
  if (token === "") return finish("missing", true);
  try {
    const answer = await ask("/v1/secure-links/inspection", { token });
    if (answer.status === 429) return finish("many", true);
    if (answer.status === 403) return finish("refused", true);
    if (answer.status >= 500) return finish("later", true);
    if (answer.status !== 200) return finish("invalid", true);
    policy = answer.body.policy;
    element("login").textContent = answer.body.login;
    element("store").textContent = answer.body.store;
    const expires = element("expires");
    expires.dateTime = answer.body.expires;
    expires.textContent = new Date(answer.body.expires).toLocaleTimeString(
      document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  } catch {
    return finish("later", true);
  }
  showPolicy();
  showRules();
  element("state").textContent = word("ready");
  form.hidden = false;
  password.focus();
}

for (const field of [password, again]) field.addEventListener("input", showRules);
element("show").addEventListener("change", (event) => {
  for (const field of [password, again]) field.type = event.target.checked ? "text" : "password";
});
form.addEventListener("submit", send);
start();
