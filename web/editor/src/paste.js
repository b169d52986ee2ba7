// What comes from Word, WPS, Excel or a web page, reduced to what an article can hold.
// Word writes lists as paragraphs with `mso-list: l0 level2 lfo1` and a drawn marker; they become
// real lists here. Pictures that cannot come along leave a visible note instead of a broken frame.

export const LOST_PICTURE = "〔图片未能粘贴，请单独上传〕";

const KEPT = { A: ["href"], IMG: ["src", "alt"], TD: ["colspan", "rowspan"], TH: ["colspan", "rowspan"], OL: ["start"] };
const DROPPED = "script,style,meta,link,title,xml,head,template,object,iframe,svg,input,button,select,textarea";

export function cleanPaste(html, { media = "/media/", note = LOST_PICTURE } = {}) {
  // Word wraps markers and pictures in conditional comments that are not even valid comments.
  const source = html.replace(/<!--\[if[\s\S]*?<!\[endif\]-->/gi, keepMarker).replace(/<!\[[^\]]*\]>/g, "");
  const body = inert(source);
  body.querySelectorAll(DROPPED).forEach((element) => element.remove());
  body.querySelectorAll("*").forEach((element) => element.tagName.includes(":") && element.replaceWith(...element.childNodes));
  pictures(body, media, note);
  weights(body);
  lists(body);
  headings(body);
  emptyParagraphs(body);
  body.querySelectorAll("*").forEach(strip);
  return body.innerHTML;
}

// A document of its own: nothing runs in it and nothing loads. The page's content policy holds there
// too and would report every style and handler, so they are renamed or dropped while still text.
export function inert(html) {
  const { body } = document.implementation.createHTMLDocument("");
  const bare = html.replace(/<(style|script)\b[\s\S]*?<\/\1\s*>/gi, "").replace(/<(?:style|script)\b[\s\S]*$/gi, "");
  body.innerHTML = bare.replace(TAG, (whole, name, attributes) => `<${name}${attributes.replace(ATTRIBUTE, rename)}>`);
  return body;
}

const TAG = /<([a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/gi;
const ATTRIBUTE = /([^\s"'<>/=]+)(\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?/g;

function rename(whole, name, value = "") {
  if (/^on/i.test(name)) return "";
  return /^style$/i.test(name) ? `data-style${value}` : whole;
}

const style = (element) => element.dataset.style ?? "";

// `<!--[if !supportLists]-->1.<!--[endif]-->` holds the marker; `[if gte vml]` holds a drawing.
const keepMarker = (comment) => (/\[if !(?:supportLists|vml)/i.test(comment) ? comment.replace(/<!--\[if[^\]]*\]-->|<!--\[endif\]-->|<!--\[if[^\]]*\]>|<!\[endif\]-->/gi, "") : "");

function pictures(body, media, note) {
  for (const image of body.querySelectorAll("img")) {
    const source = image.getAttribute("src") ?? "";
    const path = source.startsWith(location.origin + "/") ? source.slice(location.origin.length) : source;
    if (path.startsWith(media)) image.setAttribute("src", path);
    else image.replaceWith(isSpacer(image) ? "" : note);
  }
}

const isSpacer = (image) => ["width", "height"].some((side) => Number(image.getAttribute(side) || 9) <= 2);

// Bold by style becomes a tag; Google Docs wraps everything in a `b` that says font-weight: normal.
function weights(body) {
  for (const element of body.querySelectorAll("b,strong")) {
    if (/font-weight:\s*(?:normal|400)/i.test(style(element))) element.replaceWith(...element.childNodes);
  }
  for (const element of body.querySelectorAll("span,font")) {
    if (!/font-weight:\s*(?:bold|[6-9]00)/i.test(style(element)) || !element.textContent.trim()) continue;
    const strong = document.createElement("strong");
    strong.append(...element.childNodes);
    element.append(strong);
  }
}

function lists(body) {
  let open = [];
  let last = null;
  for (const item of [...body.querySelectorAll("p,div,h1,h2,h3,h4,h5,h6")]) {
    const found = /mso-list:\s*l(\d+)\s+level(\d+)/i.exec(style(item));
    if (!found) continue;
    if (last && follows(last, item)) open = open.slice(0, Number(found[2]));
    else open = [];
    last = place(item, Number(found[2]), ordered(item), open);
  }
}

// Only blanks may stand between two items of one list.
function follows(list, item) {
  let next = list.nextSibling;
  while (next && next !== item && !next.textContent.trim()) next = next.nextSibling;
  return next === item;
}

function place(item, level, tag, open) {
  const depth = Math.min(level, open.length + 1);
  if (open[depth - 1]?.tagName !== tag) {
    const list = document.createElement(tag);
    if (depth === 1) item.before(list);
    else open[depth - 2].lastElementChild.append(list);
    open.splice(depth - 1, open.length, list);
  }
  const entry = document.createElement("li");
  const words = document.createElement("p");
  words.append(...item.childNodes);
  entry.append(words);
  open[depth - 1].append(entry);
  item.remove();
  return open[0];
}

// Take the drawn marker away and tell from it whether the list counts.
function ordered(item) {
  const marker = item.querySelector('[data-style*="mso-list:Ignore" i],[data-style*="mso-list: Ignore" i]');
  const text = (marker?.textContent ?? "").trim();
  marker?.remove();
  return /^[(（]?(?:\d+|[a-z]|[ivx]+|[一二三四五六七八九十]+)[.)）、．]?$/i.test(text) && !/^o$/.test(text) ? "OL" : "UL";
}

function headings(body) {
  for (const element of body.querySelectorAll("h1,h5,h6")) {
    const other = document.createElement(element.tagName === "H1" ? "h2" : "h4");
    other.append(...element.childNodes);
    element.replaceWith(other);
  }
}

function emptyParagraphs(body) {
  for (const element of body.querySelectorAll("p,div")) {
    if (!element.textContent.replace(/\u00a0/g, " ").trim() && !element.querySelector("img,table")) element.remove();
  }
}

function strip(element) {
  const kept = KEPT[element.tagName] ?? [];
  for (const { name } of [...element.attributes]) if (!kept.includes(name)) element.removeAttribute(name);
}
