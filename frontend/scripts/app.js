// Small comforts on every page. Nothing here is needed: each page works without.
//   form[data-guard]       asks before the page is left with answers that were not sent
//   [data-error-summary]   takes the focus when a form comes back with errors
//   [data-follow]         is fetched anew every three seconds, until it is gone: then the page is loaded again
//   every POST form        its buttons rest for five seconds after sending, so that two taps send once

const REST = 5000;
const FOLLOW = 3000;
let unsent = false;

document.addEventListener("input", (event) => {
  if (event.target.form?.hasAttribute("data-guard")) unsent = true;
});

// quiz.js has sent what was typed.
document.addEventListener("answers-saved", () => {
  unsent = false;
});

addEventListener("beforeunload", (event) => {
  if (unsent) {
    event.preventDefault();
    event.returnValue = "unsent";
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("data-resting")) return event.preventDefault();
  if (form.hasAttribute("data-guard")) unsent = false;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  rest(form, true);
  setTimeout(() => rest(form, false), REST);
});

// Not `disabled`: the pressed button's own value must be sent, and the focus must stay where it is.
function rest(form, on) {
  form.toggleAttribute("data-resting", on);
  for (const element of form.elements) {
    if (element.type !== "submit") continue;
    if (on) element.setAttribute("aria-disabled", "true");
    else element.removeAttribute("aria-disabled");
  }
}

// A page that comes back from the browser's memory is not sending anything.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) rest(form, false);
});

function follow(part) {
  setTimeout(async () => {
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      const next = page.querySelector("[data-follow]");
      if (!next) return location.reload();
      part.replaceWith(next);
      follow(next);
    } catch {
      follow(part); // no signal just now
    }
  }, FOLLOW);
}

const followed = document.querySelector("[data-follow]");
if (followed) follow(followed);
document.querySelector("[data-error-summary]")?.focus();
