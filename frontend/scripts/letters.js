// Buttons for letters that a keyboard lacks: [data-letters="field"] is shown, and each of its buttons puts its letter
// where the cursor stands in that field. Without this script the field is written in as any other.
for (const row of document.querySelectorAll("[data-letters]")) {
  const field = document.getElementById(row.dataset.letters);
  if (!field) continue;
  row.hidden = false;
  row.addEventListener("click", ({ target }) => {
    const letter = target.closest("button")?.textContent;
    if (!letter) return;
    field.setRangeText(letter, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
