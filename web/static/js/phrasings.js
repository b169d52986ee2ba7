// The list of other ways to ask, in the editor. Without it, the same phrasings are one a line in a textarea.

export function watchPhrasings(root) {
  const list = root.querySelector("[data-phrasings]");
  const box = root.getElementById("add-phrasing");
  const area = root.getElementById("f-phrasings");
  if (!list || !box || !area) return;
  area.closest(".field").hidden = true;
  box.closest(".field").hidden = false;
  list.hidden = false;
  const lines = () => area.value.split("\n").map((line) => line.trim()).filter(Boolean);
  const uses = JSON.parse(list.dataset.uses || "{}");
  const times = (line) => (uses[line] ? list.dataset.times.replace("{n}", uses[line]) : "");
  const draw = () => list.replaceChildren(...lines().map((line) => item(line, list.dataset.remove, times(line))));
  const write = (all) => { area.value = [...new Set(all)].join("\n"); area.dispatchEvent(new Event("input", { bubbles: true })); draw(); };
  draw();
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (box.value.trim()) write([...lines(), box.value.trim()]);
    box.value = "";
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-line]");
    if (button) { write(lines().filter((line) => line !== button.dataset.line)); box.focus(); }
  });
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-phrasing]");
    if (!button) return;
    event.preventDefault();
    write([...lines(), button.dataset.addPhrasing]);
    button.closest("li")?.remove();
    box.focus();
  });
}

function item(line, words, times) {
  const li = document.createElement("li");
  const text = document.createElement("span");
  text.textContent = line;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-plain push", textContent: words });
  button.dataset.line = line;
  button.setAttribute("aria-label", `${words}：${line}`);
  const asked = Object.assign(document.createElement("span"), { className: "small", textContent: times });
  li.append(text, ...(times ? [asked] : []), button);
  return li;
}
