// One sign-in by one grant: resolves to what the Authorization header says.
const POPUP = "width=480,height=680";

const here = (path) => `${location.origin}/signin-oauth/${path}`;

function random() {
  return encoded(crypto.getRandomValues(new Uint8Array(32)));
}

function encoded(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function challenge(verifier) {
  return encoded(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

function header(type, token) {
  return `${type[0].toUpperCase()}${type.slice(1)} ${token}`;
}

/** Opens the login page with `parameters`; resolves to the callback's message, whose state has been compared. */
function authorized(wish, redirectUri, parameters, show) {
  const url = new URL(wish.authorize);
  const state = random();
  const request = { client_id: wish.client, redirect_uri: redirectUri, state, ...(wish.scope && { scope: wish.scope }), ...parameters };
  for (const [name, value] of Object.entries(request)) url.searchParams.set(name, value);
  show([["GET", `${url.origin}${url.pathname}`], ...url.searchParams]);
  const popup = window.open(url, "_blank", POPUP);
  if (popup === null) throw new Error("The browser did not open a window: allow this page to.");
  return new Promise((resolve, reject) => {
    const end = (settle, value) => {
      clearInterval(watch);
      window.removeEventListener("message", receive);
      popup.close();
      settle(value);
    };
    const receive = ({ origin, source, data }) => {
      if (origin !== location.origin || source !== popup) return;
      const fragment = new URLSearchParams((data.uri ?? "").replace(/^#/, ""));
      if ((data.state ?? fragment.get("state")) !== state) end(reject, new Error("The answer belongs to another sign-in (its state differs)."));
      else if (data.error ?? fragment.get("error")) end(reject, new Error(`${data.error ?? fragment.get("error")}: ${data.errorDescription ?? fragment.get("error_description") ?? ""}`));
      else end(resolve, { ...data, fragment });
    };
    const watch = setInterval(() => popup.closed && end(reject, new Error("The window was closed before the sign-in was done.")), 500);
    window.addEventListener("message", receive);
  });
}

async function posted(url, init) {
  const answer = await fetch(url, { method: "POST", credentials: "omit", cache: "no-store", ...init });
  const document = await answer.json();
  if (!answer.ok) throw new Error([document.error, document.message ?? document.error_description].filter(Boolean).join(": "));
  return document;
}

const grants = {
  async authorizationCode(wish, show) {
    const redirectUri = here(`code/callback/${wish.server}`).toLowerCase();
    const message = await authorized(wish, redirectUri, { response_type: "code" }, show);
    return header(message.accessTokenType, message.accessToken);
  },
  async authorizationCodeWithPkce(wish, show) {
    const redirectUri = here(`code-pkce/callback/${wish.server}`).toLowerCase();
    const verifier = random();
    const asked = { response_type: "code", code_challenge: await challenge(verifier), code_challenge_method: "S256" };
    const { code } = await authorized(wish, redirectUri, asked, show);
    const form = { grant_type: "authorization_code", client_id: wish.client, code, code_verifier: verifier, redirect_uri: redirectUri };
    const answer = await posted(wish.token, { body: new URLSearchParams(form) });
    return header(answer.token_type, answer.access_token);
  },
  async implicit(wish, show) {
    const asked = { response_type: "token", nonce: random() };
    const { fragment } = await authorized(wish, here("implicit/callback"), asked, show);
    return header(fragment.get("token_type") ?? "Bearer", fragment.get("access_token"));
  },
  async clientCredentials(wish, show) {
    const url = here(`credentials/${encodeURIComponent(wish.api)}?${new URLSearchParams({ scopes: wish.scope })}`);
    show([["POST", url]]);
    const answer = await posted(url, { headers: { "Content-Type": "application/json" } });
    return header(answer.accessTokenType, answer.accessToken);
  },
  async resourceOwnerPassword(wish, show) {
    const url = here(`password/${encodeURIComponent(wish.server)}?${new URLSearchParams({ scopes: wish.scope })}`);
    show([["POST", url], ["username", wish.username]]);
    const body = JSON.stringify({ username: wish.username, password: wish.password });
    const answer = await posted(url, { headers: { "Content-Type": "application/json" }, body });
    return header(answer.accessTokenType, answer.accessToken);
  },
};

/** Signs in as `wish` says and calls `show` with the rows of the request that begins it. */
export function signIn(wish, show) {
  return grants[wish.grant](wish, show);
}
