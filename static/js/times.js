// <time datetime="…" data-relative>: keeps "5 minutes ago" true while the page stays open.
const STEPS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];

export function start(page) {
  const times = [...page.querySelectorAll("time[data-relative]")];
  if (!times.length) return;
  const format = new Intl.RelativeTimeFormat(page.documentElement.lang || "vi", { numeric: "auto" });
  const tick = () => {
    for (const time of times) {
      const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
      const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
      if (step) time.textContent = format.format(Math.round(seconds / step[1]), step[0]);
    }
  };
  setInterval(tick, 60000);
}
