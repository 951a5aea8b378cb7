// Records a reading with the phone's microphone, and puts it into the form's own field for a file. Nothing is sent but by the form.
// Without it, or without a microphone, a file is chosen instead. The microphone is asked for when "Record" is pressed, never before.
const KINDS = [
  ["audio/mp4;codecs=mp4a.40.2", "m4a", 32000], // plays on every phone
  ["audio/ogg;codecs=opus", "ogg", 24000],
  ["audio/webm;codecs=opus", "webm", 24000],
  ["audio/mp4", "m4a", 32000],
];
const box = document.querySelector("[data-recorder]");
const kind = window.MediaRecorder && navigator.mediaDevices?.getUserMedia && KINDS.find(([type]) => MediaRecorder.isTypeSupported(type));
if (box && kind) begin(box, box.closest("form").elements[box.dataset.recorder], kind);

function begin(box, field, [type, extension, bits]) {
  const part = (name) => box.querySelector(`[data-${name}]`);
  const [record, stop, discard, preview, amount] = ["record", "stop", "discard", "preview", "amount"].map(part);
  const most = Number(box.dataset.most);
  const longest = Number(box.dataset.longest);
  let recorder = null;
  let pieces = [];
  let began = 0;
  let wasFull = false;

  const size = () => pieces.reduce((sum, piece) => sum + piece.size, 0);
  const tell = (state) => {
    for (const each of box.querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== state;
    record.hidden = state === "recording";
    stop.hidden = state !== "recording";
    discard.hidden = preview.hidden = !["done", "full"].includes(state);
  };
  const count = () => {
    const seconds = Math.round((Date.now() - began) / 1000);
    amount.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} · ${Math.round(size() / 1000)} KB`;
    return seconds;
  };
  const forget = () => {
    if (preview.src) URL.revokeObjectURL(preview.src);
    preview.removeAttribute("src");
    field.value = "";
    pieces = [];
    wasFull = false;
    amount.textContent = "";
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
        wasFull = true;
        recorder.stop();
      }
    });
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      keep();
    });
    began = Date.now();
    recorder.start(1000);
    tell("recording");
    count();
    stop.focus();
  }

  function keep() {
    count();
    const file = new File(pieces, `reading.${extension}`, { type: type.split(";")[0] });
    const holder = new DataTransfer();
    holder.items.add(file);
    field.files = holder.files;
    preview.src = URL.createObjectURL(file);
    tell(wasFull ? "full" : "done");
    record.focus();
  }

  record.addEventListener("click", start);
  stop.addEventListener("click", () => recorder.stop());
  discard.addEventListener("click", () => {
    forget();
    tell("idle");
    record.focus();
  });
  box.hidden = false;
}
