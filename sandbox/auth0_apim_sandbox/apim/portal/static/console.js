// The console: signs in, shows the request and the token, calls the operation, shows the answer.
// Everything is written as text (textContent); tokens stay in this page's memory.
import { claims, decoded, remaining } from "/static/token.js";
import { signIn } from "/static/sign-in.js";

const byId = (id) => document.getElementById(id);
const form = byId("call");
let token = null;

function rows(body, lines) {
  body.replaceChildren(...lines.map((cells) => {
    const row = document.createElement("tr");
    cells.forEach((text, place) => {
      const cell = document.createElement(place === 0 ? "th" : "td");
      if (place === 0) cell.scope = "row";
      cell.textContent = text;
      row.append(cell);
    });
    return row;
  }));
}

function say(id, text, refused = false) {
  byId(id).textContent = text;
  byId(id).classList.toggle("refused", refused);
}

function showToken(sent) {
  token = sent;
  byId("token").hidden = byId("sign-out").hidden = sent === null;
  if (sent === null) return;
  byId("token-text").textContent = sent;
  rows(byId("token").querySelector("tbody"), claims(decoded(sent)));
  tick();
}

function tick() {
  if (token !== null) byId("token-time").textContent = remaining(decoded(token));
}

function chosen() {
  return byId("grant").selectedOptions[0].dataset;
}

function choose() {
  byId("scope").value = chosen().scope;
  byId("owner").hidden = chosen().grant !== "resourceOwnerPassword";
}

async function signInNow(event) {
  event.preventDefault();
  say("sign-in-status", "Signing in…");
  showToken(null);
  const wish = { ...chosen(), api: form.dataset.api, scope: byId("scope").value.trim(),
    username: byId("username").value, password: byId("password").value };
  try {
    showToken(await signIn(wish, (request) => {
      byId("authorization").hidden = false;
      rows(byId("authorization").querySelector("tbody"), request);
    }));
    say("sign-in-status", "Signed in.");
  } catch (error) {
    say("sign-in-status", error.message, true);
  }
}

function filledIn() {
  let path = form.dataset.template;
  const query = new URLSearchParams();
  const headers = {};
  for (const input of form.querySelectorAll("[data-in]")) {
    const { name, value } = input;
    if (input.dataset.in === "template") path = path.replace(`{${name}}`, () => encodeURIComponent(value)).replace(`{*${name}}`, () => encodeURI(value));
    if (input.dataset.in === "query" && value !== "") query.append(name, value);
    if (input.dataset.in === "header" && value !== "") headers[name] = value;
  }
  const joint = path.includes("?") ? "&" : "?";
  if (token !== null) headers.Authorization = token;
  return { url: form.dataset.url + path + (String(query) && joint + query), headers };
}

async function call(event) {
  event.preventDefault();
  const { url, headers } = filledIn();
  const body = byId("body")?.value || undefined;
  if (body !== undefined) headers["Content-Type"] = byId("content-type").value;
  const method = form.dataset.method;
  byId("answer").hidden = false;
  byId("request-text").textContent = [`${method} ${url}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), ...(body === undefined ? [] : ["", body])].join("\n");
  byId("answer-head").textContent = byId("answer-body").textContent = "";
  say("call-status", "Calling…");
  const started = performance.now();
  try {
    const answer = await fetch(url, { method, headers, body, credentials: "omit", redirect: "manual", cache: "no-store" });
    const text = await answer.text();
    const milliseconds = Math.round(performance.now() - started);
    say("call-status", `${answer.status} ${answer.statusText} in ${milliseconds} ms`, !answer.ok);
    byId("answer-head").textContent = [`${answer.status} ${answer.statusText}`, ...[...answer.headers].map(([name, value]) => `${name}: ${value}`)].join("\n");
    byId("answer-body").textContent = readable(text, answer.headers.get("content-type") ?? "");
  } catch (error) {
    say("call-status", `No answer that this page may read (${error.message}). The gateway must be reachable, and its cors policy must allow the origin ${location.origin}.`, true);
  }
}

function readable(text, type) {
  if (!type.includes("json")) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

if (byId("sign-in")) {
  choose();
  byId("grant").addEventListener("change", choose);
  byId("sign-in").addEventListener("submit", signInNow);
  byId("sign-out").addEventListener("click", () => { showToken(null); say("sign-in-status", "Signed out here; the tenant's own session goes on."); });
  setInterval(tick, 1000);
}
form.addEventListener("submit", call);
