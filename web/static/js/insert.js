// Puts an answer, or only its link, into the reply at the cursor. Buttons: data-insert="text", data-into="id of the textarea".
// Without this file each answer's own button posts the reply form with insert=<id> and the server adds it.

export function watchInsert(root) {
  // A box that nobody was in yet has its cursor before the first letter; there it would not be looked for.
  root.addEventListener("focusin", (event) => { if (event.target.matches("textarea")) event.target.dataset.entered = ""; });
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    const box = root.getElementById(button.dataset.into);
    if (!box) return;
    event.preventDefault();
    if (!("entered" in box.dataset)) box.setSelectionRange(box.value.length, box.value.length);
    const gap = !("inline" in button.dataset) && box.selectionStart > 0 && !box.value.slice(0, box.selectionStart).endsWith("\n") ? "\n" : "";
    box.focus();
    box.setRangeText(gap + button.dataset.insert, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    noteUsed(root, button.dataset.article);
    const said = root.getElementById("inserted");
    if (said && button.dataset.title) said.textContent = said.dataset.words.replace("{title}", button.dataset.title);
  });
}

// The reply tells which articles it used: an agent's choice is what the ranker learns from.
function noteUsed(root, article) {
  const used = root.getElementById("used-articles");
  if (!used || !article) return;
  used.value = [...new Set([...used.value.split(",").filter(Boolean), article])].join(",");
}
