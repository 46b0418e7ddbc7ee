// What a token says, for people: nothing here verifies it, that is the gateway's part.
const NAMES = {
  alg: "algorithm", typ: "type", kid: "key id", iss: "issuer", sub: "subject: who the token is about", aud: "audience: the API that it is for",
  exp: "expires", iat: "issued", nbf: "not before", jti: "token id", azp: "authorized party: the client", gty: "grant type",
  scope: "scopes that were granted", permissions: "permissions (RBAC)", client_id: "client", org_id: "organization",
};
const TIMES = ["exp", "iat", "nbf", "auth_time"];

function part(text) {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Header and claims of what an Authorization header carries; null when it is no JWT. */
export function decoded(header) {
  const parts = header.replace(/^\S+ /, "").split(".");
  try {
    return parts.length === 3 ? { header: part(parts[0]), claims: part(parts[1]) } : null;
  } catch {
    return null;
  }
}

function shown(name, value) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return TIMES.includes(name) && typeof value === "number" ? `${text} (${new Date(value * 1000).toISOString()})` : text;
}

/** Rows of name, meaning and value. */
export function claims(jwt) {
  if (jwt === null) return [["(opaque)", "no JWT: the authorization server was not asked for an audience", ""]];
  return [...Object.entries(jwt.header), ...Object.entries(jwt.claims)].map(([name, value]) => [name, NAMES[name] ?? "", shown(name, value)]);
}

/** How long it lives yet. */
export function remaining(jwt) {
  const ends = jwt?.claims.exp;
  if (typeof ends !== "number") return "It does not say when it ends.";
  const seconds = Math.round(ends - Date.now() / 1000);
  const text = `${Math.floor(Math.abs(seconds) / 60)} min ${Math.abs(seconds) % 60} s`;
  return seconds > 0 ? `Good for ${text}.` : `Expired ${text} ago.`;
}
