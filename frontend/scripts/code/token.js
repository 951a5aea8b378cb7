// Checks the signed token in a certificate's code: COSE_Sign1 (RFC 9052) with ES256 over a CWT (RFC 8392).
// Nothing here sends anything. Says "good", "expired", "compromised", "altered" or "unsupported", and what the code states when it is ours.
import { fromBase32, hex } from "./bytes.js";
import { Tag, head, read } from "./cbor.js";

const PRIVATE = -70001;
const [NAME, TITLE, MINUTES, AWARDED, EDITION, STATUS, DEMONSTRATION] = [1, 2, 3, 4, 5, 6, 7];
const DAY = 86400;
const LONGEST = 4000;
const text = new TextEncoder();

function parts(token) {
  let found = read(fromBase32(token));
  while (found instanceof Tag) {
    if (found.number !== 18 && found.number !== 61) throw new Error("no token");
    found = found.value;
  }
  const [protectedBytes, unprotected, payload, signature] = found;
  if (found.length !== 4 || unprotected.size !== 0 || !(payload instanceof Uint8Array) || signature.length !== 64) throw new Error("no token");
  const header = read(protectedBytes);
  if (header.get(1) !== -7 || header.has(2)) throw new Error("another algorithm");
  return { protectedBytes, payload, signature, key: hex(header.get(4)) };
}

// Sig_structure of RFC 9052, 4.4: ["Signature1", protected, external_aad, payload]
function signedBytes(protectedBytes, payload) {
  const label = text.encode("Signature1");
  return new Uint8Array([
    0x84, ...head(3, label.length), ...label, ...head(2, protectedBytes.length), ...protectedBytes, 0x40,
    ...head(2, payload.length), ...payload,
  ]);
}

async function isSigned({ protectedBytes, payload, signature }, key) {
  const jwk = { kty: "EC", crv: "P-256", x: key.x, y: key.y };
  const ecdsa = { name: "ECDSA", namedCurve: "P-256" };
  const imported = await crypto.subtle.importKey("jwk", jwk, ecdsa, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, imported, signature, signedBytes(protectedBytes, payload));
}

function stated(claims) {
  const own = claims.get(PRIVATE);
  return {
    serial: new TextDecoder().decode(claims.get(7)),
    issuer: claims.get(1),
    issued: claims.get(6),
    ends: claims.get(4) ?? null,
    name: own.get(NAME),
    title: own.get(TITLE),
    minutes: own.get(MINUTES),
    awarded: own.get(AWARDED),
    edition: own.get(EDITION),
    status: own.get(STATUS),
    demonstration: own.get(DEMONSTRATION) === true,
  };
}

// `keys` are the issuer's: {kid, x, y, issuer, compromised}. `expected` holds serial and edition where the page knows them.
export async function check(token, keys, expected = {}, now = Date.now() / 1000) {
  if (!globalThis.crypto?.subtle) return { verdict: "unsupported" };
  try {
    if (token.length > LONGEST) throw new Error("too long");
    const found = parts(token);
    const key = keys.find((each) => each.kid === found.key);
    if (!key || !(await isSigned(found, key))) return { verdict: "altered" };
    if (key.compromised) return { verdict: "compromised" }; // whoever has the key may have written what it states
    const facts = stated(read(found.payload));
    const isOther = Object.entries(expected).some(([name, value]) => facts[name] !== value);
    const complete = [facts.name, facts.title, facts.awarded].every((each) => typeof each === "string");
    if (isOther || !complete || facts.issuer !== key.issuer || !(facts.issued <= now + DAY)) return { verdict: "altered" };
    return { verdict: facts.ends !== null && facts.ends <= now ? "expired" : "good", facts };
  } catch {
    return { verdict: "altered" };
  }
}
