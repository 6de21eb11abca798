// The script of every page: htmx and the small modules that the templates' data-* attributes call on.
import "htmx.org/dist/htmx.esm.js";
import "./requests.js";
import "./live.js";
import "./sheet.js";
import "./confirm.js";
import "./keys.js";
import "./desk.js";
import "./upload.js";
import "./resumable_field.js";
import "./opening.js";
import "./page.js";
import "./typed.js";
