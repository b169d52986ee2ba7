// The answer as it will stand in the editor (data-stand-in), until the editor is there; without an editor the plain field comes back.

export function watchStandIns(root) {
  addEventListener("load", () => root.querySelectorAll("[data-stand-in]").forEach((part) => part.remove()));
}
