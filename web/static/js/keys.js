// "/" and ⌘K (Ctrl+K) lead to the search box, except while somebody types.
import { isComposing } from "./typing.js";

export function watchKeys(root) {
  const box = root.querySelector("[data-hotkey]");
  if (!box) return;
  const hint = box.closest("form")?.querySelector("kbd");
  if (!/Mac|iPhone|iPad/.test(navigator.platform)) {
    if (hint) hint.textContent = "Ctrl K";
    box.placeholder = box.placeholder.replace("⌘K", "Ctrl K");
  }
  root.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.defaultPrevented) return;
    const combo = (event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !event.metaKey && !event.ctrlKey && !isTyping(event.target);
    if (!combo && !slash) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

const isTyping = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
