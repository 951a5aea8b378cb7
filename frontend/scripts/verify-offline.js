// The page that is saved, and checks codes without a connection. Keys and what is revoked stand in it.
import { check } from "./code/token.js";
import { fill } from "./code/show.js";

const data = JSON.parse(document.getElementById("issuer").textContent);
const box = document.querySelector("[data-code]");
const form = document.querySelector("form");
const field = form.elements.code;

// A whole address, what follows its "#", or both parts with a blank or a line between them, as scanners give them.
function split(typed) {
  const plain = typed.replace(/\s+/g, "");
  const [address, token = ""] = plain.includes("#") ? plain.split("#", 2) : ["", plain];
  const named = /\/V\/([^/]+)\/(\d+)\/?$/i.exec(address);
  const expected = named ? { serial: named[1].toUpperCase().replace(/-/g, "").replace(/^CHW(?=.{13}$)/, ""), edition: Number(named[2]) } : {};
  return { token, expected };
}

async function run(typed) {
  const { token, expected } = split(typed);
  const answer = token ? await check(token, data.keys, expected) : { verdict: "nothing" };
  const [list, index] = answer.facts?.status ?? [];
  if (answer.facts && data.revoked[list]?.includes(index)) answer.verdict = "withdrawn";
  fill(box, answer.verdict, answer.verdict === "withdrawn" ? null : answer.facts, document.documentElement.lang, data.zone);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run(field.value);
});
if (location.hash.length > 1) {
  field.value = location.hash.slice(1);
  run(location.hash);
}
