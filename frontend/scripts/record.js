// Records a reading with the phone's microphone, and puts it into the form's own field for a file. The form is sent without leaving the
// page, so that a sound is there until it has been kept, whatever is answered. Without a microphone a file is chosen instead; without this
// script the form sends it. The microphone is asked for when "Record" is pressed, never before.
const KINDS = [
  ["audio/mp4;codecs=mp4a.40.2", "m4a", 32000], // plays on every phone
  ["audio/ogg;codecs=opus", "ogg", 24000],
  ["audio/webm;codecs=opus", "webm", 24000],
  ["audio/mp4", "m4a", 32000],
];
const box = document.querySelector("[data-recorder]");
const kind = window.MediaRecorder && navigator.mediaDevices?.getUserMedia && KINDS.find(([type]) => MediaRecorder.isTypeSupported(type));
if (box && kind) begin(box, box.closest("form"), box.closest("form").elements[box.dataset.recorder], kind);

function begin(box, form, field, [type, extension, bits]) {
  const part = (name) => box.querySelector(`[data-${name}]`);
  const [record, stop, discard, save, preview, amount] = ["record", "stop", "discard", "save", "preview", "amount"].map(part);
  const most = Number(box.dataset.most);
  const longest = Number(box.dataset.longest);
  let recorder = null;
  let pieces = [];
  let began = 0;
  let ended = "done"; // or "full", "broken"
  let isSending = false;

  const size = () => pieces.reduce((sum, piece) => sum + piece.size, 0);
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const tell = (state) => {
    for (const each of box.querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== state;
    const isKept = preview.hasAttribute("src");
    record.hidden = ["recording", "sending"].includes(state);
    stop.hidden = state !== "recording";
    discard.hidden = save.hidden = !isKept || record.hidden;
    preview.hidden = !isKept || state === "recording";
  };
  // app.js asks before a guarded page is left, and is told when nothing is lost by it.
  const guard = () => {
    form.dataset.guard = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const unguard = () => {
    delete form.dataset.guard;
    document.dispatchEvent(new Event("answers-saved"));
  };
  const count = () => {
    const seconds = Math.round((Date.now() - began) / 1000);
    const left = Math.max(0, Math.floor(Math.min(longest - seconds, (most - size()) / (bits / 8))));
    const ahead = recorder.state === "recording" ? ` · ${box.dataset.left.replace("{time}", clock(left))}` : "";
    amount.textContent = `${clock(seconds)} · ${Math.round(size() / 1000)} KB${ahead}`;
    return seconds;
  };
  const forget = () => {
    if (preview.hasAttribute("src")) URL.revokeObjectURL(preview.src);
    preview.removeAttribute("src");
    field.value = "";
    pieces = [];
    ended = "done";
    amount.textContent = "";
    unguard();
  };

  async function start() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, noiseSuppression: true } });
    } catch {
      return tell("denied");
    }
    forget();
    recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: bits });
    recorder.addEventListener("dataavailable", ({ data }) => {
      pieces.push(data);
      if (recorder.state !== "recording") return;
      // One more second must fit, and the file's own end.
      if (count() >= longest - 1 || size() > most - 4 * (bits / 8) - 8000) {
        ended = "full";
        recorder.stop();
      }
    });
    recorder.addEventListener("error", () => {
      ended = "broken";
      if (recorder.state !== "inactive") recorder.stop();
    });
    // Another program may take the microphone: then the recorder stops by itself.
    stream.getAudioTracks()[0].addEventListener("ended", () => (ended = "broken"));
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      keep();
    });
    began = Date.now();
    recorder.start(1000);
    guard();
    tell("recording");
    count();
    stop.focus();
  }

  function keep() {
    count();
    if (size()) {
      const file = new File(pieces, `reading.${extension}`, { type: type.split(";")[0] });
      const holder = new DataTransfer();
      holder.items.add(file);
      field.files = holder.files;
      preview.src = save.href = URL.createObjectURL(file);
      save.download = file.name;
    } else {
      unguard();
    }
    tell(ended);
    record.focus();
  }

  async function send() {
    isSending = true;
    tell("sending");
    let why = "";
    try {
      const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      if ((response.headers.get("Content-Type") || "").includes("application/json")) {
        const { href } = await response.json();
        unguard();
        return location.assign(href);
      }
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      why = [...page.querySelectorAll("[data-error-summary] li")].map((each) => each.textContent.trim()).join(" ");
    } catch {
      // no signal just now
    }
    isSending = false;
    part("why").textContent = why;
    tell("unsent");
    guard();
  }

  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("data-language")) {
      if (field.files.length && !confirm(box.dataset.leave)) {
        event.preventDefault();
        event.stopPropagation();
      }
      return;
    }
    if (isSending || recorder?.state === "recording") return event.preventDefault();
    if (!field.files.length) return; // the server says so
    event.preventDefault();
    event.stopPropagation();
    send();
  });
  record.addEventListener("click", start);
  stop.addEventListener("click", () => recorder.stop());
  discard.addEventListener("click", () => {
    forget();
    tell("idle");
    record.focus();
  });
  box.hidden = false;
}
