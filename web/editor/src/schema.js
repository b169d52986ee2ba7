// What an article can hold: the same set that the server keeps (kb/markup.py).

import { Blockquote } from "@tiptap/extension-blockquote";
import { Image } from "@tiptap/extension-image";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import { CharacterCount, Placeholder } from "@tiptap/extensions";
import { StarterKit } from "@tiptap/starter-kit";

const SCHEMES = /^(?:https?:|mailto:|tel:|article:|\/(?!\/)|#)/i;

// Tags only, no style attribute: the strict CSP would report it.
const PlainTable = Table.extend({ renderHTML: () => ["table", ["tbody", 0]] });

// A quote that begins with 注意 is a callout; the class is drawn here and made again by the server.
const Callout = Blockquote.extend({
  renderHTML: ({ node }) => ["blockquote", node.textContent.startsWith("注意") ? { class: "callout" } : {}, 0],
});

const aligned = (cell) => cell.extend({
  addAttributes() {
    return { ...this.parent?.(), align: { default: null, parseHTML: (element) => element.getAttribute("align") } };
  },
});

const Picture = Image.extend({
  addAttributes() {
    return { src: {}, alt: { default: "" } };
  },
});

export const schema = (placeholder) => [
  StarterKit.configure({
    heading: { levels: [2, 3, 4] },
    blockquote: false,
    underline: false,
    trailingNode: false,
    link: { openOnClick: false, autolink: true, linkOnPaste: true, protocols: ["article"], isAllowedUri: (uri) => SCHEMES.test(uri), HTMLAttributes: { target: null, rel: null } },
  }),
  Callout,
  Picture.configure({ allowBase64: false }),
  PlainTable.configure({ resizable: false }),
  TableRow,
  aligned(TableHeader),
  aligned(TableCell),
  Placeholder.configure({ placeholder, emptyEditorClass: "is-empty", emptyNodeClass: "is-empty" }),
  CharacterCount,
];

// What a person types as an address, made one; "" when it cannot be one.
export function address(typed) {
  if (SCHEMES.test(typed)) return typed;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(typed)) return `mailto:${typed}`;
  return /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+(?:[/:?#]\S*)?$/u.test(typed) ? `https://${typed}` : "";
}
