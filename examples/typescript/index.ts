import * as pulumi from "@pulumi/pulumi";
import * as auth0apim from "@pulumi/auth0-apim";

const config = new pulumi.Config();

const calculator = new auth0apim.ProtectedApi("calculator", {
    api: {
        identifier: "https://calculator.example.com",
        displayName: "Basic Calculator",
        scopes: { "calc:add": "Add two numbers", "calc:subtract": "Subtract one number from another" },
        signingAlgorithm: "RS256",
        tokenLifetime: 3600,
    },
    client: { scopes: ["calc:add"], tokenEndpointAuthMethod: "client_secret_basic" },
    gateway: {
        resourceGroupName: config.require("resourceGroup"),
        serviceName: config.require("serviceName"),
        sku: "Developer",
        publisherName: "Contoso",
        publisherEmail: "apis@contoso.example",
    },
    publication: {
        openapi: "../basic-calculator/openapi.json",
        path: "calc",
        serviceUrl: config.get("serviceUrl") ?? "https://calculator.example.com/api",
    },
    policy: { operationScopes: { add: ["calc:add"], subtract: ["calc:subtract"] } },
});

export const url = calculator.url;
export const audience = calculator.audience;
export const tokenEndpoint = calculator.tokenEndpoint;
export const clientId = calculator.clientId;
export const clientSecret = calculator.clientSecret;
export const policyId = calculator.policyId;
