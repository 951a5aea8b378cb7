// Saves the answers of a quiz while they are given, keeps on the phone what could not be sent, and counts down.
// Without it the buttons do the same. The server's clock alone decides; nothing here says what time it is.
const WAIT = 800; // after the last change
const AGAIN = 5000; // after a failure
const box = document.querySelector("[data-autosave]");
const done = document.querySelector("[data-done-attempt]");

const store = {
  key: (attempt) => `quiz:${attempt}`,
  get(attempt) {
    try {
      return JSON.parse(localStorage.getItem(this.key(attempt)));
    } catch {
      return null;
    }
  },
  set(attempt, value) {
    try {
      if (value) localStorage.setItem(this.key(attempt), JSON.stringify(value));
      else localStorage.removeItem(this.key(attempt));
    } catch {
      // a browser without room or permission keeps nothing; the page still sends
    }
  },
};

if (done) store.set(done.dataset.doneAttempt, null);
if (box) begin(box, box.closest("form"));

function begin(box, form) {
  const attempt = form.elements.attempt.value;
  const status = box.querySelector("[data-saved]");
  const answers = () => new URLSearchParams([...new FormData(form)].filter(([name]) => name.startsWith("a-"))).toString();
  const here = answers();
  let saved = box.hasAttribute("data-typed") ? null : here; // what the server holds, as far as this page knows
  let stopped = box.hasAttribute("data-held");
  let sending = null;
  let timer = 0;
  const countdown = clock(box, () => send(true));

  const say = (text) => {
    if (status.textContent !== text) status.textContent = text;
  };
  const keep = () => {
    const body = answers();
    const known = [...new Set([...(store.get(attempt)?.known || []), saved, sending].filter((each) => each !== null))].slice(-20);
    store.set(attempt, body === saved ? null : { body, known });
  };
  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  };

  async function send(force = false) {
    const body = answers();
    if (stopped || (sending !== null && force !== "leaving") || (body === saved && !force)) return;
    const sent = new URLSearchParams(body);
    for (const name of ["csrf_token", "client_id", "attempt", "seen"]) sent.set(name, form.elements[name].value);
    sending = body;
    keep();
    try {
      const response = await fetch(box.dataset.autosave, { method: "POST", body: sent, keepalive: force === "leaving" });
      const isOurs = (response.headers.get("Content-Type") || "").includes("application/json");
      const told = isOurs ? await response.json() : null;
      if (response.ok && told) {
        saved = body;
        form.elements.seen.value = told.seen;
        countdown.set(told.left);
        say(told.said);
        if (answers() === saved) document.dispatchEvent(new Event("answers-saved"));
      } else if (told?.stop) {
        stopped = true; // never merged silently: the reader decides on the page that the server makes
        say(told.said);
      } else {
        say(box.dataset.refused);
      }
    } catch {
      say(box.dataset.offline);
    }
    sending = null;
    keep();
    if (!stopped && answers() !== saved) later(answers() === body ? AGAIN : WAIT);
  }

  const changed = () => {
    keep();
    later(WAIT);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => {
    keep();
    stopped = true; // the form itself brings the answers
    setTimeout(() => (stopped = false), AGAIN);
  });
  addEventListener("online", () => send());
  addEventListener("pagehide", () => send("leaving"));
  document.addEventListener("visibilitychange", () => send(document.visibilityState === "hidden" ? "leaving" : true));

  const kept = store.get(attempt);
  if (kept && kept.body === saved) store.set(attempt, null); // what was sent while the page went away has arrived
  if (kept && kept.body !== here && saved !== null && !stopped) {
    if (kept.known.includes(here)) restore();
    else offer();
  }
  if (saved === null) send();

  function restore() {
    fill(form, kept.body);
    send();
  }

  function offer() {
    const notice = box.querySelector("[data-kept]");
    notice.hidden = false;
    stopped = true;
    for (const [name, act] of [["[data-use]", restore], ["[data-drop]", () => store.set(attempt, null)]]) {
      notice.querySelector(name).addEventListener("click", () => {
        notice.hidden = true;
        stopped = false;
        act();
      });
    }
  }
}

function fill(form, body) {
  const values = new URLSearchParams(body);
  const place = {};
  for (const element of form.elements) {
    if (!element.name.startsWith("a-")) continue;
    const mine = values.getAll(element.name);
    if (element.type === "radio" || element.type === "checkbox") element.checked = mine.includes(element.value);
    else element.value = mine[(place[element.name] = (place[element.name] ?? -1) + 1)] ?? "";
  }
}

function clock(box, onEnd) {
  const shown = box.querySelector("[data-left]");
  if (!shown) return { set() {} };
  const warning = box.querySelector("[data-warning]");
  const marks = shown.dataset.warnAt.split(" ").map(Number); // seconds before the end, from the first to the last
  const graded = -Number(shown.dataset.grace) - 2; // when nothing that was sent in time can still arrive
  let end = 0;
  let ended = false;
  let last = Infinity;
  const left = () => Math.ceil((end - performance.now()) / 1000);
  const set = (seconds) => {
    if (seconds === null || seconds === undefined) return;
    end = performance.now() + seconds * 1000;
    ended = ended && seconds <= 0;
  };
  set(Number(shown.dataset.left));
  setInterval(() => {
    const seconds = Math.max(0, left());
    shown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    for (const mark of marks) {
      if (seconds <= mark && last > mark && seconds > 0) warning.textContent = shown.getAttribute(`data-warn-${mark}`);
    }
    last = seconds;
    if (seconds === 0 && !ended) {
      ended = true;
      warning.textContent = shown.dataset.up;
      onEnd(); // within the grace
    }
    if (left() < graded) location.reload(); // now the server shows the result
  }, 1000);
  return { set };
}
