// A part of the page that a job is still working on is read again until the server says that it is done.
// Without this file a reload shows how far it is.

const PAUSE = 900;

export function watchGoing(root) {
  const part = root.querySelector("[data-going]");
  if (part) later(part);
}

function later(part) {
  setTimeout(() => (document.hidden ? whenSeen(part) : again(part)), PAUSE);
}

// A page that nobody looks at asks nothing.
function whenSeen(part) {
  document.addEventListener("visibilitychange", () => again(part), { once: true });
}

async function again(part) {
  const fresh = await read(part.dataset.going);
  if (fresh === null) return;
  if (!fresh) return later(part);
  part.replaceWith(fresh);
  if (fresh.dataset.going) later(fresh);
}

/** @returns {Promise<HTMLElement|undefined|null>} undefined: try again; null: it is gone */
async function read(url) {
  try {
    const response = await fetch(url, { headers: { Accept: "text/html" } });
    if (response.redirected || response.status === 404 || response.status === 403) return null;
    if (!response.ok) return undefined;
    return new DOMParser().parseFromString(await response.text(), "text/html").body.firstElementChild;
  } catch {
    return undefined;
  }
}
