// Keeps what was written in a form (data-keep="name") in this browser until it is sent, so a lost connection,
// a closed tab or a refused save loses nothing. Never passwords, files, hidden fields, or who somebody is
// (fields with autocomplete). Signing out (data-forget) removes all of it.

const PREFIX = "wenqu.draft.";
const OLD = 7 * 24 * 3600 * 1000;

export function watchDrafts(root) {
  forgetOld();
  root.querySelector("form[data-forget]")?.addEventListener("submit", () => forget(() => true));
  for (const form of root.querySelectorAll("form[data-keep]")) keep(form);
}

function keep(form) {
  const key = PREFIX + form.dataset.keep;
  restore(form, read(key));
  let timer = 0;
  const save = () => write(key, { at: Date.now(), values: valuesOf(form) });
  // On the document: fields may stand outside the form and belong to it by their form attribute.
  document.addEventListener("input", (event) => {
    if (event.target.form !== form) return;
    clearTimeout(timer);
    timer = setTimeout(save, 400);
  });
  // Cleared on sending; a refused form comes back from the server with its values.
  form.addEventListener("submit", () => { clearTimeout(timer); localStorage.removeItem(key); });
}

const fields = (form) => [...form.elements].filter((box) => box.name && /^(TEXTAREA|INPUT)$/.test(box.tagName)
  && !/^(password|file|hidden|radio|checkbox|submit|button)$/.test(box.type) && box.tabIndex >= 0 && !box.readOnly && !/[a-z]/.test(box.autocomplete.replace("off", "")));

const valuesOf = (form) => Object.fromEntries(fields(form).map((box) => [box.name, box.value]));

// Only into boxes that the server left empty: what it sends is newer.
function restore(form, kept) {
  if (!kept) return;
  for (const box of fields(form)) {
    if (!box.value && kept.values[box.name]) box.value = kept.values[box.name];
  }
}

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

function write(key, value) {
  try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* Full or forbidden: writing goes on without a copy. */ }
}

const forgetOld = () => forget((key) => Date.now() - (read(key)?.at ?? 0) > OLD);

function forget(when) {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX) && when(key)) localStorage.removeItem(key);
    }
  } catch { /* Storage is forbidden. */ }
}
