// Shows which files were chosen (data-files="id of the place") and says at once when they are too many or too large
// (data-many, data-most in bytes; data-say-many, data-say-large), before a long upload is refused.
// Without this file the server says the same after sending.

export function watchFiles(root) {
  for (const box of root.querySelectorAll("input[type=file][data-pick]")) {
    box.addEventListener("change", () => name(box));
    // Coming back with the browser's button, the files are still chosen.
    name(box);
  }
  for (const box of root.querySelectorAll("input[type=file][data-files]")) {
    box.addEventListener("change", () => show(box, root.getElementById(box.dataset.files)));
  }
}

// The browser says which files were chosen in its own language; the page says it in its.
function name(box) {
  const place = box.parentElement.querySelector(".picked");
  const names = [...box.files].map((file) => file.name);
  place.textContent = names.length < 2 ? (names[0] ?? place.dataset.none)
    : place.dataset.many.replace("{n}", names.length).replace("{names}", () => names.join("、"));
}

function show(box, place) {
  const files = [...box.files];
  const together = files.reduce((sum, file) => sum + file.size, 0);
  const fault = files.length > Number(box.dataset.many) ? box.dataset.sayMany
    : together > Number(box.dataset.most) ? box.dataset.sayLarge : "";
  box.setCustomValidity(fault);
  place.replaceChildren(...files.map(line), ...(fault ? [document.createTextNode(fault)] : []));
  place.classList.toggle("error", Boolean(fault));
}

function line(file) {
  const shown = document.createElement("span");
  shown.textContent = `${file.name} ${words(file.size)}`;
  return shown;
}

const words = (bytes) => bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
