// "/" and ⌘K (Ctrl+K) lead to the search box, except while somebody types.
import { isComposing } from "./typing.js";

export function watchKeys(root) {
  const box = root.querySelector("[data-hotkey]");
  if (!box) return;
  const hint = box.closest("form")?.querySelector("kbd");
  const combo = matchMedia("(hover: none)").matches ? "" : /Mac/.test(navigator.platform) ? "⌘K" : "Ctrl K";
  if (hint) hint.textContent = combo;
  box.placeholder = box.placeholder.replace("⌘K", combo).trim();
  root.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.defaultPrevented) return;
    const pressed = (event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !event.metaKey && !event.ctrlKey && !isTyping(event.target);
    if (!pressed && !slash) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

const isTyping = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
