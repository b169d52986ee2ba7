// Calls back when somebody stops typing, and never while an input method is composing.

/**
 * @param {HTMLInputElement|HTMLTextAreaElement} box
 * @param {(text: string) => void} then called with the text, at most once per pause
 * @param {number} pause milliseconds
 */
export function whenTyped(box, then, pause = 140) {
  let composing = false;
  let timer = 0;
  let last = box.value;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (composing || box.value === last) return;
      last = box.value;
      then(last);
    }, pause);
  };
  box.addEventListener("compositionstart", () => { composing = true; clearTimeout(timer); });
  box.addEventListener("compositionend", () => { composing = false; later(); });
  box.addEventListener("input", (event) => { if (!composing && !event.isComposing) later(); });
}

/** True while a key press belongs to the input method, e.g. the Enter that picks a word. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

/**
 * Fetches JSON; a newer call aborts the one before it.
 * @returns {(url: string) => Promise<object|null>} null when aborted, refused or offline
 */
export function latestJson() {
  let running = null;
  return async (url) => {
    running?.abort();
    const mine = running = new AbortController();
    try {
      const response = await fetch(url, { signal: mine.signal, headers: { Accept: "application/json" } });
      return response.ok && !mine.signal.aborted ? await response.json() : null;
    } catch {
      return null;
    }
  };
}
