// Turns every <textarea data-editor> into a page to write on. See README.md for the contract.

import { Editor } from "@tiptap/core";

import { toggleCallout } from "./callout.js";
import { cleanPaste } from "./paste.js";
import { address, schema } from "./schema.js";
import { convert } from "./source.js";
import { strip } from "./strip.js";
import { toolbar } from "./toolbar.js";
import { isPictureOnly, pictureFiles, upload } from "./upload.js";
import { wordsOf } from "./words.js";

const FILES = "image/png,image/jpeg,image/webp,image/gif";

export class ArticleEditor {
  constructor(field) {
    this.field = field;
    this.say = wordsOf(field);
    this.media = field.dataset.media ?? "/media/";
    this.inSource = false;
    this.build();
    this.listen();
    this.changed();
  }

  build() {
    const { field, say } = this;
    const leave = () => this.editor.commands.focus();
    this.box = document.createElement("div");
    this.box.className = "editor";
    this.strip = strip({ say, leave });
    this.tools = toolbar(this.toolGroups(), { label: say("排版"), say, leave });
    this.picker = Object.assign(document.createElement("input"), { type: "file", accept: FILES, multiple: true, hidden: true });
    this.note = document.createElement("p");
    this.note.className = "small editor-note";
    this.note.setAttribute("role", "status");
    this.value = Object.assign(document.createElement("input"), { type: "hidden", name: "body_html" });
    if (field.getAttribute("form")) this.value.setAttribute("form", field.getAttribute("form"));
    const page = document.createElement("div");
    this.box.append(this.tools.element, page, this.strip.element, this.note, this.picker, this.value);
    field.before(this.box);
    field.hidden = true;
    field.disabled = true;
    this.editor = new Editor({ ...this.settings(), element: page });
  }

  settings() {
    const { field, say } = this;
    return {
      injectCSS: false,
      content: field.dataset.html ?? "",
      extensions: schema(field.placeholder || say("第一段就写答案，一两句话。")),
      editorProps: {
        attributes: {
          class: "page prose",
          role: "textbox",
          "aria-multiline": "true",
          "aria-label": field.dataset.label ?? say("回答正文"),
          ...(field.getAttribute("aria-describedby") && { "aria-describedby": field.getAttribute("aria-describedby") }),
          ...(field.getAttribute("aria-invalid") && { "aria-invalid": field.getAttribute("aria-invalid") }),
        },
        transformPastedHTML: (html) => cleanPaste(html, { media: this.media, note: say("〔图片未能粘贴，请单独上传〕") }),
        handlePaste: (view, event) => this.takeFiles(event.clipboardData, event),
        handleDrop: (view, event) => this.takeFiles(event.dataTransfer, event, view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos),
        handleKeyDown: (view, event) => event.altKey && event.key === "F10" && (this.tools.focus(), true),
      },
    };
  }

  toolGroups() {
    const run = (change) => () => this.inSource || change(this.editor.chain().focus()).run();
    const on = (...what) => () => !this.inSource && Boolean(this.editor?.isActive(...what));
    const off = (change) => () => this.inSource || !this.editor?.can()[change]();
    const groups = [
      [{ name: "bold", text: "粗", bold: true, label: "加粗", run: run((chain) => chain.toggleBold()), isOn: on("bold") }],
      [
        { name: "heading", text: "小标题", run: run((chain) => (this.editor.isActive("heading") ? chain.setParagraph() : chain.setHeading({ level: 2 }))), isOn: on("heading") },
        { name: "list", text: "列表", icon: "list", run: run((chain) => chain.toggleBulletList()), isOn: on("bulletList") },
        { name: "steps", text: "步骤", icon: "steps", run: run((chain) => chain.toggleOrderedList()), isOn: on("orderedList") },
      ],
      [
        { name: "link", text: "链接", icon: "link", run: () => this.askLink(), isOn: on("link") },
        { name: "image", text: "图片", icon: "image", run: () => this.inSource || this.picker.click() },
        { name: "table", text: "表格", icon: "table", run: () => this.table(), isOn: on("table") },
        { name: "callout", text: "注意", icon: "note", run: () => this.inSource || toggleCallout(this.editor), isOn: on("blockquote") },
      ],
      [
        { name: "undo", icon: "undo", label: "撤销", run: run((chain) => chain.undo()), isOff: off("undo") },
        { name: "redo", icon: "redo", label: "重做", run: run((chain) => chain.redo()), isOff: off("redo") },
      ],
    ];
    if (this.field.dataset.convert) groups.at(-1).push({ name: "source", text: "源文", label: "源文（Markdown）", run: () => this.toggleSource(), isOn: () => this.inSource });
    return groups;
  }

  listen() {
    this.editor.on("update", () => this.changed());
    this.editor.on("selectionUpdate", () => this.follow());
    this.editor.on("focus", () => this.follow());
    this.editor.on("transaction", () => this.tools.refresh());
    this.picker.addEventListener("change", () => {
      this.send([...this.picker.files]);
      this.picker.value = "";
    });
    this.field.form?.addEventListener("submit", () => this.changed());
    this.field.addEventListener("input", () => this.inSource && this.announce());
  }

  changed() {
    if (!this.inSource) this.value.value = this.editor.getHTML();
    this.tools.refresh();
    this.announce();
  }

  announce() {
    const characters = this.inSource ? [...this.field.value].length : this.editor.storage.characterCount.characters();
    const detail = { html: this.inSource ? null : this.value.value, markdown: this.inSource ? this.field.value : null, characters };
    this.field.dispatchEvent(new CustomEvent("wenqu:change", { bubbles: true, detail }));
  }

  // The strip shows what belongs to the place where the caret is.
  follow() {
    const { selection } = this.editor.state;
    if (selection.node?.type.name === "image") this.askAlt(selection.node.attrs.alt);
    else if (this.editor.isActive("table")) this.offerTable();
    else this.strip.close();
  }

  askLink() {
    if (this.inSource) return;
    const { editor } = this;
    const actions = [{ text: "确定", run: (typed, close) => this.setLink(typed, close) }];
    if (editor.isActive("link")) actions.push({ text: "去掉链接", run: (typed, close) => (close(), editor.chain().focus().extendMarkRange("link").unsetLink().run()) });
    const input = this.strip.ask({ label: "链接到哪里", value: editor.getAttributes("link").href ?? "", hint: "例如 https://www.example.com 或 article:lock-open-003", actions });
    input.focus();
    input.select();
  }

  setLink(typed, close) {
    const href = address(typed);
    if (!href) return this.tell(this.say("这个地址好像没写完，例如 https://www.example.com"), true);
    close();
    this.tell("");
    const chain = this.editor.chain().focus();
    if (this.editor.state.selection.empty && !this.editor.isActive("link")) {
      return chain.insertContent({ type: "text", text: typed, marks: [{ type: "link", attrs: { href } }] }).run();
    }
    return chain.extendMarkRange("link").setLink({ href }).run();
  }

  askAlt(alt) {
    this.strip.ask({
      label: "图片上是什么",
      value: alt ?? "",
      hint: "看不见图的客户会听到这句话",
      actions: [{ text: "记下", run: (words, close) => (close(), this.editor.chain().updateAttributes("image", { alt: words }).focus().run()) }],
    });
  }

  table() {
    if (this.inSource || this.editor.isActive("table")) return;
    this.editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run();
  }

  offerTable() {
    const run = (name) => () => this.editor.chain().focus()[name]().run();
    this.strip.offer([
      { text: "下面加一行", run: run("addRowAfter") },
      { text: "右边加一列", run: run("addColumnAfter") },
      { text: "删这一行", run: run("deleteRow") },
      { text: "删这一列", run: run("deleteColumn") },
      { text: "删表格", run: run("deleteTable") },
    ]);
  }

  takeFiles(transfer, event, position) {
    const files = pictureFiles(transfer);
    if (!files.length || !isPictureOnly(transfer)) return false;
    event.preventDefault();
    this.send(files, position);
    return true;
  }

  async send(files, position = this.editor.state.selection.from) {
    let place = position;
    const follow = ({ transaction }) => (place = transaction.mapping.map(place));
    this.editor.on("transaction", follow);
    for (const file of files) {
      this.tell(this.say("正在上传图片…"));
      try {
        const { url, alt } = await upload(file, this.field.dataset.upload ?? "/desk/upload", this.say);
        this.editor.chain().insertContentAt(place, { type: "image", attrs: { src: url, alt: alt ?? "" } }).run();
        this.tell("");
      } catch (error) {
        this.tell(error.message, true);
      }
    }
    this.editor.off("transaction", follow);
  }

  async toggleSource() {
    const [name, value] = this.inSource ? ["markdown", this.field.value] : ["html", this.editor.getHTML()];
    try {
      const other = await convert(this.field.dataset.convert, name, value, this.say);
      this.show(!this.inSource, other);
      this.tell("");
    } catch (error) {
      this.tell(error.message, true);
    }
  }

  show(source, content) {
    this.inSource = source;
    if (source) this.field.value = content;
    else this.editor.commands.setContent(content);
    this.editor.view.dom.hidden = source;
    this.field.hidden = !source;
    this.field.disabled = !source;
    this.value.disabled = source;
    this.strip.close();
    this.changed();
    (source ? this.field : this.editor.commands).focus();
  }

  tell(text, isError = false) {
    this.note.textContent = text;
    this.note.classList.toggle("error", isError);
  }
}

// Without the HTML of what the textarea says there is nothing safe to start from: the textarea stays.
export function mount(root = document) {
  for (const field of root.querySelectorAll("textarea[data-editor]")) {
    if (field.wenquEditor || (field.value.trim() && field.dataset.html === undefined)) continue;
    field.wenquEditor = new ArticleEditor(field);
  }
}

mount();
