// What is wider than the page scrolls by itself; those without a pointer reach it by Tab.

export function watchScrollers(root) {
  const parts = root.querySelectorAll(".prose :is(table, pre)");
  if (!parts.length) return;
  const look = () => parts.forEach((part) => part.toggleAttribute("tabindex", part.scrollWidth > part.clientWidth) && part.setAttribute("tabindex", "0"));
  look();
  addEventListener("resize", look);
}
