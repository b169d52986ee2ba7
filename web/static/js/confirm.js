// Two small courtesies for forms.
// watchConfirm: in <details data-confirm> the 返回 button closes it again, Escape too, and opening one closes the others.
// watchBusy: a form that is on its way is not sent twice; its button turns a ring and keeps its words.

export function watchConfirm(root) {
  const all = [...root.querySelectorAll("details[data-confirm]")];
  for (const details of all) {
    const opener = details.querySelector("summary");
    const close = () => { details.open = false; opener.focus(); };
    for (const button of details.querySelectorAll("[data-close]")) {
      button.hidden = false;
      button.addEventListener("click", close);
    }
    details.addEventListener("keydown", (event) => { if (event.key === "Escape" && details.open) close(); });
    details.addEventListener("toggle", () => {
      if (details.open) all.filter((other) => other !== details).forEach((other) => { other.open = false; });
    });
  }
}

export function watchBusy(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  // Coming back with the browser's own button shows a live form again.
  addEventListener("pageshow", () => {
    for (const form of root.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of root.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
  });
}
