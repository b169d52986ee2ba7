// Light or dark against the system's choice. Kept in the cookie `theme`, so that the server draws the next page right at once.

export function watchTheme(root) {
  const html = document.documentElement;
  const dark = () => (html.dataset.theme ? html.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  for (const button of root.querySelectorAll("[data-theme-toggle]")) {
    const name = () => { button.textContent = dark() ? button.dataset.light : button.dataset.dark; };
    name();
    button.hidden = false;
    button.addEventListener("click", () => {
      html.dataset.theme = dark() ? "light" : "dark";
      document.cookie = `theme=${html.dataset.theme};path=/;max-age=31536000;samesite=lax`;
      name();
    });
  }
}
