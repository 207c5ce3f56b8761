// Work queues by keyboard: j/k (or arrows) move, o or Enter opens, c presses the row's [data-claim] button.
import { isTyping } from "./search.js";

export function start(page) {
  const table = page.querySelector("table[data-queue]");
  if (!table) return;
  const rows = [...table.tBodies[0].rows];
  let at = -1;
  const go = (next) => {
    if (!rows.length) return;
    rows[at]?.classList.remove("is-current");
    at = Math.max(0, Math.min(rows.length - 1, next));
    rows[at].classList.add("is-current");
    rows[at].querySelector("a")?.focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  };
  page.addEventListener("keydown", (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "ArrowDown") { event.preventDefault(); go(at + 1); }
    else if (event.key === "k" || event.key === "ArrowUp") { event.preventDefault(); go(at - 1); }
    else if (event.key === "o" && at >= 0) rows[at].querySelector("a")?.click();
    else if (event.key === "c" && at >= 0) rows[at].querySelector("[data-claim]")?.click();
  });
}
