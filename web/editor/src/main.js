import "./editor.css";
import "./editor.js";
