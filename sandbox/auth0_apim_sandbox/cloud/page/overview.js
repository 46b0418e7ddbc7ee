// The overview: gets its data for the code of the link that opened it, and writes all of it as text.
const KEY = "session";
const main = document.querySelector("main");

function made(name, ...children) {
  const element = document.createElement(name);
  element.append(...children.map((child) => (child instanceof Node ? child : String(child ?? ""))));
  return element;
}

function link(url) {
  const anchor = made("a", url);
  if (/^https?:\/\//.test(url)) anchor.href = url;
  return anchor;
}

function table(columns, rows) {
  const head = made("tr", ...columns.map((text) => { const cell = made("th", text); cell.scope = "col"; return cell; }));
  return made("table", made("thead", head), made("tbody", ...rows.map((cells) => made("tr", ...cells.map((cell) => made("td", Array.isArray(cell) ? cell.join(", ") : cell))))));
}

function folded(title, text) {
  return made("details", made("summary", title), made("pre", text));
}

function service({ name, gateway, portal, apis, policies }) {
  return made("section", made("h2", `Service ${name}`),
    made("p", "Gateway ", link(gateway), ...(portal ? [" · developer portal ", link(portal)] : [])),
    table(["API", "URL", "operations"], apis.map((api) => [api.name, api.url, made("ul", ...api.operations.map((each) => made("li", each)))])),
    made("h3", "Policies as written"), ...policies.map((policy) => folded(policy.of, policy.text)));
}

function show({ addresses, services, tables, calls }) {
  main.replaceChildren(
    ...services.map(service),
    made("section", made("h2", "Last calls"), table(["time", "call", "status", "ms", "refused by"], calls.map((call) => [call.time, `${call.method} ${call.path}`, call.status || "aborted", call.milliseconds.toFixed(1), call.refusal]))),
    ...tables.map(({ title, columns, rows }) => made("section", made("h2", title), table(columns, rows))),
    made("section", made("h2", "Addresses"), table(["part", "address"], Object.entries(addresses).map(([part, url]) => [part, link(url)]))));
}

async function session() {
  const code = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  if (code) {
    const answer = await fetch("/overview/sessions", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code }) });
    if (answer.ok) sessionStorage.setItem(KEY, (await answer.json()).token);
  }
  return sessionStorage.getItem(KEY);
}

async function refresh(token) {
  const status = document.getElementById("status");
  const answer = await fetch("/overview/data", { headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) {
    status.textContent = "Open this page with `auth0-apim sandbox open`: its link is good once, for a minute.";
    return;
  }
  show(await answer.json());
  status.textContent = `As it was at ${new Date().toLocaleTimeString()}; reload to see it anew.`;
}

await refresh(await session());
