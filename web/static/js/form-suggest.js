// While a customer writes to a person, answers appear beside the form. Server: the same /suggest with for=form,
// → {"suggestions": [{"id", "title", "url", "snippet"}]}. The form also works without: it shows them before it sends.
import { tongue } from "./tongue.js";
import { latestJson, whenTyped } from "./typing.js";

const LEAST = 6;

export function watchForm(root) {
  const form = root.querySelector("form[data-suggest-form]");
  const aside = root.querySelector("#live");
  if (!form || !aside) return;
  const get = latestJson();
  const box = form.elements.text;
  const ask = async (text) => {
    const wanted = text.trim();
    if (wanted.length < LEAST) return;
    const found = await get(`${form.dataset.suggest}?for=form&q=${encodeURIComponent(wanted.slice(0, 400))}`);
    if (found) show(aside, form, found.suggestions.slice(0, 3));
  };
  whenTyped(box, ask, 500);
  if (aside.hidden) ask(box.value);
}

function show(aside, form, items) {
  const list = aside.querySelector("[data-list]");
  const status = aside.querySelector("[role=status]");
  const open = new Set([...list.querySelectorAll("details[open]")].map((part) => part.dataset.id));
  list.replaceChildren(...items.map((item, at) => answer(item, list.dataset, form, open.has(String(item.id)) || (at === 0 && !open.size))));
  status.textContent = items.length ? status.dataset.count.replace("{n}", items.length) : "";
  aside.hidden = !items.length;
}

function answer(item, words, form, isOpen) {
  const part = document.createElement("details");
  part.dataset.id = item.id;
  part.open = isOpen;
  const summary = document.createElement("summary");
  tongue(summary, item.title).textContent = item.title;
  const text = document.createElement("p");
  tongue(text, item.snippet).textContent = item.snippet;
  const row = document.createElement("p");
  row.className = "row";
  const solved = Object.assign(document.createElement("button"), { className: "btn", name: "resolved", value: item.id, formNoValidate: true, textContent: words.solved });
  solved.setAttribute("form", form.id);
  const link = Object.assign(document.createElement("a"), { href: item.url, target: "_blank", rel: "noopener", textContent: words.read });
  row.append(solved, link);
  part.append(summary, text, row);
  return part;
}
