// 替换 beside a hint on writing: the better words go into the title or the text, and 撤销 takes them back.
// Without this file, or when the passage is not found as it stands, the button saves and the server replaces.

export function watchHints(root) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-better]");
    if (!button || !replaced(root, button)) return;
    event.preventDefault();
    finish(button);
  });
}

function replaced(root, { value, dataset: { better, field } }) {
  const area = root.getElementById(field === "question" ? "f-question" : "f-body");
  const editor = area?.wenquEditor?.inSource ? null : area?.wenquEditor?.editor;
  if (editor) return inEditor(editor, value, better);
  const at = area ? area.value.indexOf(value) : -1;
  if (at < 0) return false;
  area.setRangeText(better, at, at + value.length, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

// One sign stands for everything that is not text, so that places in the words are places in the text.
function inEditor(editor, text, better) {
  let from = -1;
  editor.state.doc.descendants((node, position) => {
    if (from >= 0 || !node.isTextblock) return from < 0;
    const at = node.textBetween(0, node.content.size, undefined, "\ufffc").indexOf(text);
    if (at >= 0) from = position + 1 + at;
    return false;
  });
  if (from < 0) return false;
  editor.view.dispatch(editor.state.tr.insertText(better, from, from + text.length).scrollIntoView());
  return true;
}

function finish(button) {
  const item = button.closest("li");
  const words = document.createElement("span");
  words.textContent = button.dataset.done;
  words.tabIndex = -1;
  item.className = "ok";
  item.querySelector("span").replaceWith(words);
  words.focus();
}
