// 20 × 20, stroke 1.5, no fill: the same drawings as the sprite of the desk.

const DRAWINGS = {
  list: "M7.5 5.5h9M7.5 10h9M7.5 14.5h9M3.7 5.5h.1M3.7 10h.1M3.7 14.5h.1",
  steps: "M8.5 5.5h8M8.5 10h8M8.5 14.5h8M3 4l1-.5v4M3 12h2l-2 3h2",
  link: "M8.5 11.5a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-2.7 2.7a3 3 0 0 0 4.3 4.3l1-1",
  image: "M3 4h14v12H3zM3 13.5l4-4 4 4 2.5-2.5 3.5 3.5M11.6 7.5a1.2 1.2 0 1 0 2.4 0 1.2 1.2 0 1 0-2.4 0",
  table: "M3 4h14v12H3zM3 8h14M3 12h14M9 8v8",
  note: "M3.5 4h13v9h-6l-3 3v-3h-4z",
  undo: "M7 4 3.5 7.5 7 11M3.5 7.5H12a4.5 4.5 0 0 1 0 9H9",
  redo: "M13 4l3.5 3.5L13 11M16.5 7.5H8a4.5 4.5 0 0 0 0 9h3",
};

const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "ico");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", DRAWINGS[name]);
  svg.append(path);
  return svg;
}
