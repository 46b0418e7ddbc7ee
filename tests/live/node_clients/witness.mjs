// What two Node clients, unmodified, see of a tenant: openid-client gets tokens, express-oauth2-jwt-bearer guards an API.
// Reads one JSON document from standard input {issuer, audience, clientId, clientSecret, scope}, prints one JSON document.
import express from "express";
import { auth, requiredScopes } from "express-oauth2-jwt-bearer";
import * as openid from "openid-client";

const { issuer, audience, clientId, clientSecret, scope } = JSON.parse(await read(process.stdin));

const configuration = await openid.discovery(new URL(issuer), clientId, clientSecret);
const tokens = await openid.clientCredentialsGrant(configuration, { audience, scope });
const answers = await guarded(tokens.access_token);

console.log(
  JSON.stringify({
    issuer: configuration.serverMetadata().issuer,
    tokenType: tokens.token_type,
    scope: tokens.scope,
    expiresIn: tokens.expires_in,
    answers,
  }),
);

async function guarded(token) {
  const app = express();
  app.use(auth({ issuerBaseURL: issuer, audience, tokenSigningAlg: "RS256" }));
  app.get("/granted", requiredScopes(scope), (request, response) => response.json(request.auth.payload));
  app.get("/not-granted", requiredScopes("not:granted"), (request, response) => response.json({}));
  app.use((error, request, response, next) => response.status(error.status ?? 500).json({ code: error.code }));
  const server = app.listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const ask = async (path, bearer) => {
    const headers = bearer ? { authorization: `Bearer ${bearer}` } : {};
    const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, { headers });
    return { status: response.status, body: await response.json() };
  };
  try {
    return {
      noToken: await ask("/granted"),
      altered: await ask("/granted", `${token.slice(0, -8)}AAAAAAAA`),
      granted: await ask("/granted", token),
      notGranted: await ask("/not-granted", token),
    };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function read(stream) {
  let text = "";
  for await (const part of stream) text += part;
  return text;
}
