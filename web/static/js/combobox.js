// Suggestions under a search box: WAI-ARIA list autocomplete with manual selection.
// Server: GET data-suggest?q=… → {"suggestions": [{"title", "url", "category", "parts": [["text", matched]]}], "total"}.
// The form underneath works without this file.
import { tongue } from "./tongue.js";
import { isComposing, latestJson, whenTyped } from "./typing.js";

const ROWS = 8;
const WORDS = {
  zh: { list: "搜索建议", found: (n) => `有${n}条建议`, all: (n) => `看全部${n}条`, keys: [["↑", "↓", "选择"], ["回车", "打开"], ["Esc", "收起"]] },
  en: { list: "Suggestions", found: (n) => (n === 1 ? "1 suggestion" : `${n} suggestions`), all: (n) => `See all ${n} results`, keys: [["↑", "↓", "choose"], ["Enter", "open"], ["Esc", "close"]] },
};

export function watchBoxes(root) {
  for (const search of root.querySelectorAll("[data-combobox][data-suggest]")) {
    if (search.dataset.suggest) new Combobox(search);
  }
}

class Combobox {
  constructor(search) {
    this.search = search;
    this.input = search.querySelector("input");
    this.words = WORDS[document.documentElement.lang.slice(0, 2)] ?? WORDS.zh;
    this.get = latestJson();
    this.active = -1;
    this.rows = [];
    this.#build();
    whenTyped(this.input, (text) => this.#ask(text.trim()));
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("focus", () => { if (this.rows.length && this.input.value.trim()) this.#open(); });
    this.input.addEventListener("blur", () => setTimeout(() => this.#close(), 120));
  }

  #build() {
    const id = `${this.input.id}-list`;
    this.box = make("div", { className: "suggest", hidden: true });
    this.list = make("ul", { id, className: "list" });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.words.list);
    this.foot = make("footer");
    this.status = make("p", { className: "vh" });
    this.status.setAttribute("role", "status");
    this.box.append(this.list, this.foot);
    this.search.append(this.box, this.status);
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", id], ["aria-autocomplete", "list"]]) {
      this.input.setAttribute(name, value);
    }
    // A press must not take the focus away before its click arrives.
    this.box.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.#go(event.target.closest("[role=option]")));
  }

  async #ask(text) {
    if (!text) { this.#show([]); return; }
    const found = await this.get(`${this.search.dataset.suggest}?q=${encodeURIComponent(text)}`);
    // Nothing came back: keep the last list rather than blink.
    if (found && this.input.value.trim() === text) this.#show(found.suggestions.slice(0, ROWS), found.total, text);
  }

  #show(items, total = 0, text = "") {
    this.rows = items.map((item, index) => row(item, `${this.list.id}-${index}`));
    this.list.replaceChildren(...this.rows);
    this.#footer(total, text);
    this.#mark(-1);
    this.status.textContent = items.length ? this.words.found(items.length) : "";
    if (items.length && document.activeElement === this.input) this.#open(); else this.#close();
  }

  #footer(total, text) {
    const keys = this.words.keys.map((part) => {
      const span = make("span");
      part.slice(0, -1).forEach((key) => span.append(make("kbd", { textContent: key }), " "));
      span.append(part.at(-1));
      return span;
    });
    this.foot.replaceChildren(...keys);
    if (total > this.rows.length) {
      const href = `${this.search.dataset.all}?q=${encodeURIComponent(text)}`;
      this.foot.append(make("a", { className: "push", href, tabIndex: -1, textContent: this.words.all(total) }));
    }
  }

  #key(event) {
    if (isComposing(event)) return;
    const open = !this.box.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!this.rows.length) return;
      event.preventDefault();
      if (!open) { this.#open(); this.#mark(event.key === "ArrowDown" ? 0 : this.rows.length - 1); return; }
      this.#move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && open && this.active >= 0) {
      event.preventDefault();
      this.#go(this.rows[this.active]);
    } else if (event.key === "Escape") {
      if (!open && !this.input.value) return;
      event.preventDefault();
      if (open) this.#close(); else this.input.value = "";
    }
  }

  // One place between the last row and the first is the box itself, so what was typed stays reachable.
  #move(step) {
    const size = this.rows.length + 1;
    this.#mark(((this.active + 1 + step + size) % size) - 1);
  }

  #mark(index) {
    this.active = index;
    this.rows.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    if (index < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", this.rows[index].id);
  }

  #go(option) { if (option) location.href = option.dataset.url; }
  #open() { this.box.hidden = false; this.input.setAttribute("aria-expanded", "true"); }
  #close() { this.box.hidden = true; this.input.setAttribute("aria-expanded", "false"); this.#mark(-1); }
}

function row(item, id) {
  const option = make("li", { id });
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.dataset.url = item.url;
  const title = make("span");
  for (const [text, matched] of item.parts ?? [[item.title, false]]) {
    title.append(matched ? make("mark", { textContent: text }) : text);
  }
  option.append(tongue(title, item.title ?? title.textContent));
  if (item.category) option.append(tongue(make("small", { textContent: item.category }), item.category));
  return option;
}

const make = (tag, props = {}) => Object.assign(document.createElement(tag), props);
