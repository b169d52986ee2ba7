// The desk's entry. Each module finds its own elements and does nothing without them.
import { watchBusy, watchConfirm } from "./confirm.js";
import { watchDrafts } from "./autosave.js";
import { watchKeys } from "./keys.js";
import { watchTheme } from "./theme.js";
import { watchUndo } from "./undo.js";
import { watchCopy } from "./copy-link.js";
import { watchInsert } from "./insert.js";
import { watchFiles } from "./files.js";
import { watchPhrasings } from "./phrasings.js";
import { watchHints } from "./hints.js";
import { watchFilters } from "./filters.js";
import { watchStandIns } from "./stand-in.js";
import { watchGoing } from "./going.js";

watchKeys(document);
watchTheme(document);
watchDrafts(document);
watchConfirm(document);
watchUndo(document);
watchCopy(document);
watchInsert(document);
watchFiles(document);
watchPhrasings(document);
watchHints(document);
watchFilters(document);
watchStandIns(document);
watchGoing(document);
watchBusy(document);
