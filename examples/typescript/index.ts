import * as pulumi from "@pulumi/pulumi";
import * as auth0apim from "@pulumi/auth0-apim";

const config = new pulumi.Config();

const api = new auth0apim.Auth0Api("calculator", {
    identifier: "https://calculator.example.com",
    displayName: "Basic Calculator",
    scopes: { "calc:add": "Add two numbers", "calc:subtract": "Subtract one number from another" },
    signingAlgorithm: "RS256",
    tokenLifetime: 3600,
});

const client = new auth0apim.MachineClient("adder", {
    audience: api.audience,
    availableScopes: api.scopes,
    scopes: ["calc:add"],
    tokenEndpointAuthMethod: "client_secret_basic",
});

const gateway = new auth0apim.ApiGateway("gateway", {
    resourceGroupName: config.require("resourceGroup"),
    serviceName: config.require("serviceName"),
    sku: "Developer",
    publisherName: "Contoso",
    publisherEmail: "apis@contoso.example",
});

const published = new auth0apim.PublishedApi("published", {
    resourceGroupName: gateway.resourceGroupName,
    serviceName: gateway.serviceName,
    gatewayUrl: gateway.gatewayUrl,
    path: "calc",
    openapi: "../basic-calculator/openapi.json",
    serviceUrl: config.get("serviceUrl") ?? "https://calculator.example.com/api",
});

const policy = new auth0apim.JwtPolicy("policy", {
    resourceGroupName: gateway.resourceGroupName,
    serviceName: gateway.serviceName,
    issuer: api.issuer,
    audience: api.audience,
    apiId: published.apiId,
    operations: published.operations,
    backendUrl: published.backendUrl,
    operationScopes: { add: ["calc:add"], subtract: ["calc:subtract"] },
});

export const url = published.url;
export const audience = api.audience;
export const tokenEndpoint = api.tokenEndpoint;
export const clientId = client.clientId;
export const clientSecret = client.clientSecret;
export const policyId = policy.policyId;
