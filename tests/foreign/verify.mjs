// Verifies credentials with programs that others wrote, with no network: every address is answered from the given pages.
//
//   node tests/foreign/verify.mjs < ORDER > ANSWER
//
// ORDER: {"pages": {address: text}, "cases": [case]}. A case has a name and either a "badge" or a "token" with the
// "issuer" that is asked for; "instead" are other pages for this case alone, null for one that cannot be reached.
// ANSWER: {"verdicts": {name: ...}, "asked": {address: times}, "refused": [address], "programs": {package: version}}
//
// verifier-core keeps the issuer's document for as long as it runs: another issuer's document needs another process.
import { readFileSync } from "node:fs";
import { verifyCredential } from "@digitalcredentials/verifier-core";
import { createRemoteJWKSet, jwtVerify } from "jose";

// verifier-core asks for 1EdTech's schema to check the form. No package holds it: it is told so, and says nothing of it.
const SCHEMAS = "https://purl.imsglobal.org/spec/ob/v3p0/schema/";
const KNOWN = [{ name: "Known", type: "dcc-legacy", url: "https://registry.example.org/issuers.json" }];
const order = JSON.parse(readFileSync(0, "utf8"));
const asked = {};
const refused = [];
let pages = order.pages;

globalThis.fetch = async (input) => {
  const address = String(input?.url ?? input);
  asked[address] = (asked[address] ?? 0) + 1;
  if (typeof pages[address] === "string") {
    return new Response(pages[address], { headers: { "content-type": "application/json" } });
  }
  if (!(address in pages) && !address.startsWith(SCHEMAS)) refused.push(address);
  return new Response("", { status: 404 });
};
console.log = console.error = () => {}; // verifier-core's remarks on the schema

async function judgeBadge({ badge }) {
  const said = await verifyCredential({ credential: badge, knownDIDRegistries: KNOWN });
  const steps = (said.log ?? []).map((step) => [step.id, step.error?.name ?? step.valid]);
  return { errors: (said.errors ?? []).map((error) => error.name), steps: Object.fromEntries(steps) };
}

async function judgeToken({ token, issuer }) {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
  const did = `did:web:${new URL(issuer).host}`;
  try {
    return (await jwtVerify(token, keys, { issuer: did, algorithms: ["RS256"] })).payload;
  } catch (error) {
    return { error: error.code ?? error.name };
  }
}

function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), "utf8")).version;
}

const verdicts = {};
for (const each of order.cases) {
  pages = { ...order.pages, ...each.instead };
  verdicts[each.name] = await (each.badge ? judgeBadge(each) : judgeToken(each));
}
const programs = Object.fromEntries(["@digitalcredentials/verifier-core", "jose"].map((name) => [name, versionOf(name)]));
process.stdout.write(JSON.stringify({ verdicts, asked, refused, programs }));
