// The help site's entry. Each module finds its own elements and does nothing without them.
import { watchBoxes } from "./combobox.js";
import { watchKeys } from "./keys.js";
import { watchVote } from "./vote.js";
import { watchForm } from "./form-suggest.js";
import { watchTheme } from "./theme.js";
import { watchAnchors, watchCopy } from "./copy-link.js";
import { watchDrafts } from "./autosave.js";
import { watchBusy } from "./confirm.js";
import { watchScrollers } from "./scrollers.js";
import { watchFiles } from "./files.js";

watchBoxes(document);
watchKeys(document);
watchVote(document);
watchForm(document);
watchTheme(document);
watchAnchors(document);
watchCopy(document);
watchDrafts(document);
watchBusy(document);
watchScrollers(document);
watchFiles(document);
