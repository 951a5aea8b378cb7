// Shows a verdict: the part of the page that says it, with the facts in their places.
export const hours = (minutes) => [minutes >= 60 ? `${Math.floor(minutes / 60)} h` : "", minutes % 60 || !minutes ? `${minutes % 60} min` : ""].filter(Boolean).join(" ");

const TAGS = { en: "en-US", es: "es-US" };

// In Tongan and Samoan browsers know no months: there the date stays in numbers, the year first.
export function day(iso, lang) {
  const [year, month, date] = iso.split("-").map(Number);
  if (!TAGS[lang]) return iso;
  return new Intl.DateTimeFormat(TAGS[lang], { dateStyle: "long", timeZone: "UTC" }).format(Date.UTC(year, month - 1, date));
}

// The day that clocks of the issuer show at a moment in seconds.
export function dayAt(seconds, zone) {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(seconds * 1000);
  return ["year", "month", "day"].map((kind) => parts.find((each) => each.type === kind).value).join("-");
}

export function fill(box, verdict, facts, lang, zone = "UTC") {
  for (const part of box.querySelectorAll("[data-verdict]")) part.hidden = !part.dataset.verdict.split(" ").includes(verdict);
  for (const part of box.querySelectorAll("[data-demonstration]")) part.hidden = !facts?.demonstration;
  const said = facts && {
    name: facts.name,
    title: facts.title,
    time: hours(facts.minutes),
    awarded: day(facts.awarded, lang),
    ends: facts.ends === null ? "" : day(dayAt(facts.ends, zone), lang),
    serial: facts.serial.replace(/^(.{4})(.{4})(.{4})(.)$/, "CHW-$1-$2-$3-$4"),
    edition: String(facts.edition),
  };
  for (const place of box.querySelectorAll("[data-fact]")) {
    const value = said?.[place.dataset.fact] ?? "";
    place.textContent = value;
    const row = place.closest("[data-row]");
    if (row) row.hidden = !value;
  }
  box.hidden = false;
}
