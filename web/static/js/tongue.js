// Marks words in another language than their page, as the filter `tongue` does for what the server writes.
const HAN = /[\u3400-\u9fff]/;
const WORDS = /(?<![\w.@-])[a-z]{2,}(?![\w.@-]).*(?<![\w.@-])[a-z]{2,}(?![\w.@-])/s;

export function tongue(element, text) {
  const spoken = HAN.test(text) ? "zh-CN" : WORDS.test(text) ? "en" : "";
  if (spoken && spoken !== document.documentElement.lang) element.lang = spoken;
  return element;
}
