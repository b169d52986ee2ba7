// A toolbar after the WAI-ARIA pattern: one stop for Tab, arrows inside, aria-pressed for what is on.

import { icon } from "./icons.js";

export function button(tool, say) {
  const element = document.createElement("button");
  element.type = "button";
  element.dataset.tool = tool.name;
  if (tool.icon) element.append(icon(tool.icon));
  if (tool.bold) {
    const letter = document.createElement("b");
    letter.textContent = say(tool.text);
    element.append(letter);
  } else if (tool.text) element.append(say(tool.text));
  if (tool.label) {
    element.setAttribute("aria-label", say(tool.label));
    element.title = say(tool.label);
  }
  return element;
}

// `groups` is a list of lists of tools {name, text?, icon?, label?, run(), isOn?(), isOff?()}.
export function toolbar(groups, { label, say, leave }) {
  const bar = document.createElement("div");
  bar.className = "tools";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", label);
  const tools = [];
  groups.forEach((group, index) => {
    if (index) bar.append(document.createElement("i"));
    for (const tool of group) {
      const element = button(tool, say);
      element.tabIndex = tools.length ? -1 : 0;
      element.addEventListener("click", () => tool.run());
      // A press must not take the caret out of the text.
      element.addEventListener("mousedown", (event) => event.preventDefault());
      bar.append(element);
      tools.push({ ...tool, element });
    }
  });
  bar.addEventListener("keydown", (event) => walk(event, tools, leave));
  return { element: bar, refresh: () => refresh(tools), focus: () => current(tools).element.focus() };
}

const current = (tools) => tools.find((tool) => tool.element.tabIndex === 0) ?? tools[0];

function walk(event, tools, leave) {
  const at = tools.findIndex((tool) => tool.element === document.activeElement);
  const last = tools.length - 1;
  const next = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at <= 0 ? last : at - 1, Home: 0, End: last }[event.key];
  if (event.key === "Escape") leave();
  if (next === undefined || at < 0) return;
  event.preventDefault();
  tools[at].element.tabIndex = -1;
  tools[next].element.tabIndex = 0;
  tools[next].element.focus();
}

function refresh(tools) {
  for (const tool of tools) {
    if (tool.isOn) tool.element.setAttribute("aria-pressed", String(tool.isOn()));
    // aria-disabled keeps the button reachable, so the arrows never get stuck on it.
    if (tool.isOff) tool.element.setAttribute("aria-disabled", String(tool.isOff()));
  }
}
