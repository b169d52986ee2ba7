// A filter form (data-filters) goes as soon as a choice is made; its own button serves those without JavaScript.

export function watchFilters(root) {
  for (const form of root.querySelectorAll("form[data-filters]")) {
    for (const button of form.querySelectorAll("[data-go]")) button.hidden = true;
    form.addEventListener("change", () => form.requestSubmit());
  }
}
