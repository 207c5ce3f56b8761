// The table of contents of the site's JavaScript. Every page works without it; each module finds its own hooks.
import * as autosave from "./autosave.js";
import * as counters from "./counters.js";
import * as drawers from "./drawers.js";
import * as forms from "./forms.js";
import * as links from "./links.js";
import * as money from "./money.js";
import * as passkey from "./passkey.js";
import * as queue from "./queue.js";
import * as reasons from "./reasons.js";
import * as recent from "./recent.js";
import * as search from "./search.js";
import * as sums from "./sums.js";
import * as suggest from "./suggest.js";
import * as themes from "./themes.js";
import * as times from "./times.js";
import * as topics from "./topics.js";
import * as wards from "./wards.js";

for (const module of [suggest, recent, search, drawers, themes, forms, counters, money, autosave, links, queue, reasons, times, wards, topics, sums, passkey]) module.start(document);
