// swift-format-ignore-file
/// `Services/Helpdesk/Page`, as this service serves it; made by `deploy/scripts/embed-reset-page.sh`.
enum ResetPage {
    static let languages = ["en", "de", "es"]
    static let html: [String: [UInt8]] = [
        "en": Array(
##"""
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Set your password</title>
<link rel="stylesheet" href="/reset/page.css">
<script src="/reset/page.js" defer></script>
</head>
<body>
<main>
<h1 id="title" tabindex="-1">Set your password</h1>
<noscript><p class="bad">This page needs JavaScript. Allow it for this page and open the link again.</p></noscript>
<p id="state" role="status">The link is being checked.</p>
<form id="form" hidden novalidate>
<p>New password for your account <strong id="login"></strong> (<span id="store"></span>). The link is good until <time id="expires"></time>.</p>
<p class="field">
<label for="password">New password</label>
<input id="password" type="password" autocomplete="new-password" autocapitalize="none" spellcheck="false" required aria-describedby="rules-title rules error">
</p>
<p class="field">
<label for="again">The same once more</label>
<input id="again" type="password" autocomplete="new-password" autocapitalize="none" spellcheck="false" required aria-describedby="rules error">
</p>
<p class="check"><input id="show" type="checkbox"> <label for="show">Show what I type</label></p>
<h2 id="rules-title">What the password needs</h2>
<ul id="rules">
<li id="rule-minimum"><span class="mark" aria-hidden="true"></span> at least <b data-number></b> characters<span class="unseen"></span></li>
<li id="rule-maximum"><span class="mark" aria-hidden="true"></span> at most <b data-number></b> characters<span class="unseen"></span></li>
<li id="rule-classes"><span class="mark" aria-hidden="true"></span> <b data-number></b> of these: capital letters, small letters, digits, other characters<span class="unseen"></span></li>
<li id="rule-same"><span class="mark" aria-hidden="true"></span> the same in both fields<span class="unseen"></span></li>
</ul>
<p>Common passwords, and your own name in it, are refused too.</p>
<p id="error" role="alert"></p>
<p><button id="send" type="submit">Set password</button></p>
</form>
</main>
<div id="words" hidden><span data-word="ready">The link is good. Choose a password.</span><span data-word="met"> (done)</span><span data-word="unmet"> (not yet)</span><span data-word="fix">Some of what the password needs is still missing.</span><span data-word="sending">The password is being set.</span><span data-word="done">Your password is set. You can sign in with it now and close this page.</span><span data-word="invalid">This link cannot be used: its time ran out, it was used already, or another one was sent after it. Call the help desk for a new one.</span><span data-word="missing">Open this page with the link from the message you got.</span><span data-word="refused">The help desk cannot set a password for this account.</span><span data-word="many">Too many tries. Wait ten minutes.</span><span data-word="later">That cannot be done right now. Nothing was changed. Try again shortly.</span><span data-word="unknown">It cannot be told whether the password was set. Try to sign in with it; if that fails, call the help desk.</span><span data-word="failed">The password was not set:</span><span data-word="password.too_short">It is too short.</span><span data-word="password.too_long">It is too long.</span><span data-word="password.not_text">It has characters that cannot be typed.</span><span data-word="password.too_few_classes">It has too few kinds of characters.</span><span data-word="password.banned_word">It has a word that is not allowed here.</span><span data-word="password.personal">It has your login or a part of your name in it.</span><span data-word="password.dictionary">It is a common password, or made from a word of the dictionary.</span><span data-word="password.weak">It is too easy to guess.</span><span data-word="password.not_checked">It could not be checked. Try again later.</span></div>
</body>
</html>

"""##.utf8),
        "de": Array(
##"""
<!DOCTYPE html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Passwort setzen</title>
<link rel="stylesheet" href="/reset/page.css">
<script src="/reset/page.js" defer></script>
</head>
<body>
<main>
<h1 id="title" tabindex="-1">Passwort setzen</h1>
<noscript><p class="bad">Diese Seite braucht JavaScript. Erlauben Sie es für diese Seite und öffnen Sie den Link noch einmal.</p></noscript>
<p id="state" role="status">Der Link wird geprüft.</p>
<form id="form" hidden novalidate>
<p>Neues Passwort für Ihr Konto <strong id="login"></strong> (<span id="store"></span>). Der Link gilt bis <time id="expires"></time>.</p>
<p class="field">
<label for="password">Neues Passwort</label>
<input id="password" type="password" autocomplete="new-password" autocapitalize="none" spellcheck="false" required aria-describedby="rules-title rules error">
</p>
<p class="field">
<label for="again">Noch einmal dasselbe</label>
<input id="again" type="password" autocomplete="new-password" autocapitalize="none" spellcheck="false" required aria-describedby="rules error">
</p>
<p class="check"><input id="show" type="checkbox"> <label for="show">Eingabe anzeigen</label></p>
<h2 id="rules-title">Was das Passwort braucht</h2>
<ul id="rules">
<li id="rule-minimum"><span class="mark" aria-hidden="true"></span> mindestens <b data-number></b> Zeichen<span class="unseen"></span></li>
<li id="rule-maximum"><span class="mark" aria-hidden="true"></span> höchstens <b data-number></b> Zeichen<span class="unseen"></span></li>
<li id="rule-classes"><span class="mark" aria-hidden="true"></span> <b data-number></b> davon: Großbuchstaben, Kleinbuchstaben, Ziffern, andere Zeichen<span class="unseen"></span></li>
<li id="rule-same"><span class="mark" aria-hidden="true"></span> in beiden Feldern dasselbe<span class="unseen"></span></li>
</ul>
<p>Häufige Passwörter und solche mit Ihrem Namen werden ebenfalls abgelehnt.</p>
<p id="error" role="alert"></p>
<p><button id="send" type="submit">Passwort setzen</button></p>
</form>
</main>
<div id="words" hidden><span data-word="ready">Der Link gilt. Wählen Sie ein Passwort.</span><span data-word="met"> (erfüllt)</span><span data-word="unmet"> (noch nicht)</span><span data-word="fix">Es fehlt noch etwas von dem, was das Passwort braucht.</span><span data-word="sending">Das Passwort wird gesetzt.</span><span data-word="done">Ihr Passwort ist gesetzt. Sie können sich jetzt damit anmelden und diese Seite schließen.</span><span data-word="invalid">Dieser Link gilt nicht: Seine Zeit ist um, er wurde schon benutzt, oder es kam ein neuerer. Rufen Sie beim Helpdesk an.</span><span data-word="missing">Öffnen Sie diese Seite mit dem Link aus der Nachricht, die Sie bekommen haben.</span><span data-word="refused">Für dieses Konto kann der Helpdesk kein Passwort setzen.</span><span data-word="many">Zu viele Versuche. Warten Sie zehn Minuten.</span><span data-word="later">Das geht gerade nicht. Es wurde nichts geändert. Versuchen Sie es gleich noch einmal.</span><span data-word="unknown">Ob das Passwort gesetzt wurde, lässt sich nicht sagen. Melden Sie sich damit an; gelingt das nicht, rufen Sie beim Helpdesk an.</span><span data-word="failed">Das Passwort wurde nicht gesetzt:</span><span data-word="password.too_short">Es ist zu kurz.</span><span data-word="password.too_long">Es ist zu lang.</span><span data-word="password.not_text">Es hat Zeichen, die sich nicht tippen lassen.</span><span data-word="password.too_few_classes">Es hat zu wenige Arten von Zeichen.</span><span data-word="password.banned_word">Es enthält ein Wort, das hier nicht erlaubt ist.</span><span data-word="password.personal">Es enthält Ihren Anmeldenamen oder einen Teil Ihres Namens.</span><span data-word="password.dictionary">Es ist ein häufiges Passwort oder aus einem Wörterbuchwort gemacht.</span><span data-word="password.weak">Es ist zu leicht zu erraten.</span><span data-word="password.not_checked">Es ließ sich nicht prüfen. Versuchen Sie es später noch einmal.</span></div>
</body>
</html>

"""##.utf8),
        "es": Array(
##"""
<!DOCTYPE html>
<html lang="es">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Elija su contraseña</title>
<link rel="stylesheet" href="/reset/page.css">
<script src="/reset/page.js" defer></script>
</head>
<body>
<main>
<h1 id="title" tabindex="-1">Elija su contraseña</h1>
<noscript><p class="bad">Esta página necesita JavaScript. Permítalo para esta página y abra el enlace otra vez.</p></noscript>
<p id="state" role="status">Se está comprobando el enlace.</p>
<form id="form" hidden novalidate>
<p>Contraseña nueva para su cuenta <strong id="login"></strong> (<span id="store"></span>). El enlace sirve hasta <time id="expires"></time>.</p>
<p class="field">
<label for="password">Contraseña nueva</label>
<input id="password" type="password" autocomplete="new-password" autocapitalize="none" spellcheck="false" required aria-describedby="rules-title rules error">
</p>
<p class="field">
<label for="again">Otra vez lo mismo</label>
<input id="again" type="password" autocomplete="new-password" autocapitalize="none" spellcheck="false" required aria-describedby="rules error">
</p>
<p class="check"><input id="show" type="checkbox"> <label for="show">Mostrar lo que escribo</label></p>
<h2 id="rules-title">Lo que necesita la contraseña</h2>
<ul id="rules">
<li id="rule-minimum"><span class="mark" aria-hidden="true"></span> al menos <b data-number></b> caracteres<span class="unseen"></span></li>
<li id="rule-maximum"><span class="mark" aria-hidden="true"></span> como máximo <b data-number></b> caracteres<span class="unseen"></span></li>
<li id="rule-classes"><span class="mark" aria-hidden="true"></span> <b data-number></b> de estos: mayúsculas, minúsculas, cifras, otros caracteres<span class="unseen"></span></li>
<li id="rule-same"><span class="mark" aria-hidden="true"></span> lo mismo en los dos campos<span class="unseen"></span></li>
</ul>
<p>También se rechazan las contraseñas comunes y las que llevan su nombre.</p>
<p id="error" role="alert"></p>
<p><button id="send" type="submit">Guardar contraseña</button></p>
</form>
</main>
<div id="words" hidden><span data-word="ready">El enlace sirve. Elija una contraseña.</span><span data-word="met"> (cumplido)</span><span data-word="unmet"> (todavía no)</span><span data-word="fix">Aún falta algo de lo que necesita la contraseña.</span><span data-word="sending">Se está guardando la contraseña.</span><span data-word="done">Su contraseña está guardada. Ya puede iniciar sesión con ella y cerrar esta página.</span><span data-word="invalid">Este enlace no sirve: pasó su tiempo, ya se usó o se envió otro después. Llame al servicio de asistencia.</span><span data-word="missing">Abra esta página con el enlace del mensaje que recibió.</span><span data-word="refused">El servicio de asistencia no puede cambiar la contraseña de esta cuenta.</span><span data-word="many">Demasiados intentos. Espere diez minutos.</span><span data-word="later">Ahora no es posible. No se ha cambiado nada. Inténtelo dentro de un momento.</span><span data-word="unknown">No se sabe si la contraseña se guardó. Pruebe a iniciar sesión con ella; si no puede, llame al servicio de asistencia.</span><span data-word="failed">La contraseña no se ha guardado:</span><span data-word="password.too_short">Es demasiado corta.</span><span data-word="password.too_long">Es demasiado larga.</span><span data-word="password.not_text">Tiene caracteres que no se pueden escribir.</span><span data-word="password.too_few_classes">Tiene muy pocas clases de caracteres.</span><span data-word="password.banned_word">Contiene una palabra que aquí no se permite.</span><span data-word="password.personal">Contiene su nombre de usuario o parte de su nombre.</span><span data-word="password.dictionary">Es una contraseña común o sale de una palabra del diccionario.</span><span data-word="password.weak">Es demasiado fácil de adivinar.</span><span data-word="password.not_checked">No se pudo comprobar. Inténtelo más tarde.</span></div>
</body>
</html>

"""##.utf8)
    ]
    static let script = Array(
##"""
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

"""##.utf8)
    static let style = Array(
##"""
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #f4f5f7; color: #1b1f24; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 34rem; margin: 0 auto; padding: 1.5rem; background: #fff; min-height: 100vh; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 0.5rem; }
.field label { display: block; font-weight: 600; margin-bottom: 0.25rem; }
.field input { width: 100%; padding: 0.6rem; font: inherit; color: inherit; background: #fff; border: 2px solid #5a6472; border-radius: 4px; }
.check input { width: 1.25rem; height: 1.25rem; vertical-align: middle; }
ul { list-style: none; margin: 0; padding: 0; }
li { padding: 0.1rem 0; }
.mark::before { content: "○"; display: inline-block; width: 1.25rem; font-weight: 700; }
.met .mark::before { content: "✓"; color: #0b6b2e; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.bad, #error { color: #a3121f; font-weight: 600; }
#error:empty { display: none; }
button { font: inherit; font-weight: 600; padding: 0.7rem 1.4rem; min-height: 44px; color: #fff; background: #0b4f9c; border: 2px solid #0b4f9c; border-radius: 4px; cursor: pointer; }
button[disabled] { background: #5a6472; border-color: #5a6472; cursor: default; }
:focus-visible { outline: 3px solid #0b4f9c; outline-offset: 2px; }
h1:focus { outline: none; }
[hidden] { display: none !important; }

"""##.utf8)
}
