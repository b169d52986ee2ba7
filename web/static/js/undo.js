// Counts down the seconds in which a sent reply can still be taken back.
// <form data-undo="10"> with <span data-left>; the server decides, this only shows and then removes the offer.

export function watchUndo(root) {
  for (const form of root.querySelectorAll("form[data-undo]")) {
    const end = Date.now() + Number(form.dataset.undo) * 1000;
    const left = form.querySelector("[data-left]");
    const timer = setInterval(() => {
      const seconds = Math.ceil((end - Date.now()) / 1000);
      if (left) left.textContent = Math.max(seconds, 0);
      if (seconds > 0) return;
      clearInterval(timer);
      const said = form.querySelector("[data-said]");
      if (said) said.textContent = form.dataset.gone;
      left?.remove();
      form.querySelector("button")?.remove();
      setTimeout(() => form.remove(), 4000);
    }, 250);
  }
}
