// The words of the editor are Chinese; a page in another language passes its own by
// data-words='{"加粗": "Bold", …}' on the textarea.

export const wordsOf = (field) => {
  let other = {};
  try {
    other = JSON.parse(field.dataset.words ?? "{}");
  } catch {
    // Wrong JSON in the page: the Chinese words still work.
  }
  return (text) => other[text] ?? text;
};
