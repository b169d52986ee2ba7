// Copies the address of a heading (watchAnchors) or the value of a field (watchCopy).

export function watchAnchors(root) {
  const prose = root.querySelector("[data-anchors]");
  if (!prose || !navigator.clipboard) return;
  for (const heading of prose.querySelectorAll("h2[id], h3[id]")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "anchor", textContent: "#" });
    button.setAttribute("aria-label", `${prose.dataset.anchors}：${heading.textContent}`);
    button.addEventListener("click", async () => {
      const url = new URL(`#${heading.id}`, location.href);
      history.replaceState(null, "", url);
      if (await copy(url.href)) say(button, prose.dataset.copied, "#");
    });
    heading.append(button);
  }
}

export function watchCopy(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) {
    const field = root.getElementById(button.dataset.copy);
    const label = button.lastChild;
    const before = label.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      if (!(await copy(field.value))) return;
      label.textContent = button.dataset.copied;
      setTimeout(() => { label.textContent = before; }, 2000);
    });
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function say(button, words, before) {
  button.textContent = words;
  setTimeout(() => { button.textContent = before; }, 2000);
}
