// The check of the code behind the address, in the browser alone: what follows "#" is never sent.
// [data-code] holds the keys, the number and the edition; what is to be said stands in it, hidden, once for each verdict.
import { check } from "./code/token.js";
import { fill } from "./code/show.js";

const box = document.querySelector("[data-code]");
const token = location.hash.slice(1);

async function run() {
  const keys = JSON.parse(document.getElementById("code-keys").textContent);
  const { verdict, facts } = await check(token, keys, { serial: box.dataset.serial, edition: Number(box.dataset.edition) });
  fill(box, verdict, facts, document.documentElement.lang);
}

// Another language and a compared name load the page again: the code comes along, still without being sent.
function keep() {
  for (const form of document.forms) {
    if (form.getAttribute("method") === "post" && form.getAttribute("action")?.startsWith("/language/")) {
      form.action += location.hash;
      for (const button of form.querySelectorAll("[formaction]")) button.formAction += location.hash;
    }
  }
}

if (box && token) {
  keep();
  run();
}
addEventListener("hashchange", () => location.reload());
